#include "common/service/database_guard.h"

#include <ostream>
#include <utility>

#include "common/db/transaction.h"

namespace wenming::service {

bool DatabaseGuard::Trusts(db::Pool& db, absl::Time deadline) {
  auto unsafe = db::Read(db, deadline, db::FindUnsafeSettings);
  if (!unsafe.ok()) return false;
  const bool trusts = allow_unsafe_ || unsafe->empty();
  if (*unsafe != told_) {
    Tell(*unsafe);
    told_ = *std::move(unsafe);
  }
  return trusts;
}

void DatabaseGuard::Tell(const std::vector<db::UnsafeSetting>& unsafe) const {
  if (unsafe.empty()) logger_.Info("the database is safe again");
  for (const db::UnsafeSetting& setting : unsafe) {
    logger_.Log(
        allow_unsafe_ ? observe::Severity::kWarning : observe::Severity::kError,
        allow_unsafe_ ? "the database is not safe, and that is allowed"
                      : "not ready: the database is not safe; --allow-unsafe-database would allow it",
        {{"setting", setting.name}, {"value", setting.value}, {"should", setting.should}, {"why", setting.why}});
  }
}

int CheckDatabase(db::Pool& db, absl::Time deadline, std::ostream& out) {
  const auto unsafe = db::Read(db, deadline, db::FindUnsafeSettings);
  if (!unsafe.ok()) {
    out << "cannot read its settings: " << unsafe.status().message() << "\n";
    return 1;
  }
  for (const db::UnsafeSetting& setting : *unsafe) {
    out << setting.name << "=" << setting.value << ": " << setting.why << "; it should be " << setting.should << "\n";
  }
  return unsafe->empty() ? 0 : 1;
}

}  // namespace wenming::service
