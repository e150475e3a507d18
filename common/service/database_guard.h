// Whether a service may be ready on its database: it answers, and its settings keep what it acknowledges.
#pragma once

#include <iosfwd>
#include <vector>

#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/settings.h"
#include "common/observe/log.h"

namespace wenming::service {

// Thread-safety: none; it belongs to the thread that looks after readiness.
class DatabaseGuard {
 public:
  // With `allow_unsafe` unsafe settings are told, and no reason to refuse.
  DatabaseGuard(bool allow_unsafe, const observe::Logger& logger) : allow_unsafe_(allow_unsafe), logger_(logger) {}

  // Asks the database, until `deadline`. What is unsafe is logged when it is found and when it changes, not each time.
  bool Trusts(db::Pool& db, absl::Time deadline);

 private:
  void Tell(const std::vector<db::UnsafeSetting>& unsafe) const;

  const bool allow_unsafe_;
  const observe::Logger& logger_;
  std::vector<db::UnsafeSetting> told_;
};

// What --check-database says: a line for each unsafe setting. The exit status: 0 where there is none.
int CheckDatabase(db::Pool& db, absl::Time deadline, std::ostream& out);

}  // namespace wenming::service
