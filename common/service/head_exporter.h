// Tells the outside of the head of a service's audit log: what is cut off the log later was there then.
#pragma once

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/audit/chain.h"
#include "common/db/pool.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/service/service_metrics.h"

namespace wenming::service {

// Where heads are told of: in the folder, which replicas may share, by the name of the one that tells; only in the log
// where there is no folder.
struct HeadsPlace {
  std::string folder;
  std::string instance;
};

// Exports the head at the start and at each midnight in China, and what cannot be exported a minute later again, on a
// thread of its own: the folder may be on a network that hangs. The destructor waits for an export under way.
class HeadExporter {
 public:
  // The references must outlive this.
  HeadExporter(db::Pool& db, audit::ChainKey key, HeadsPlace place, observe::Clock clock, const observe::Logger& logger,
               AuditMetrics& metrics);
  ~HeadExporter();
  HeadExporter(const HeadExporter&) = delete;
  HeadExporter& operator=(const HeadExporter&) = delete;

 private:
  void Run();
  absl::Status Export(absl::Time now) const;

  db::Pool& db_;
  const audit::ChainKey key_;
  const HeadsPlace place_;
  const observe::Clock clock_;
  const observe::Logger& logger_;
  AuditMetrics& metrics_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace wenming::service
