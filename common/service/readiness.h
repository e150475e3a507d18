// Says once a second whether a service is ready to answer, and does what else is due as often.
#pragma once

#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/auth/directory.h"
#include "common/auth/revocations.h"
#include "common/db/pool.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/rpc/server.h"
#include "common/service/clock_guard.h"
#include "common/service/watchdog.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace wenming::service {

// What a service must have to be ready, and what else is asked in the same round. All of it must outlive the Readiness.
struct ReadinessOptions {
  db::Pool& db;
  bool allow_unsafe_database = false;
  const auth::Directory& directory;
  const auth::Revocations& staff_revocations;
  ClockGuard& clock_guard;
  // What is to be done each second; it may use the database until the time that it is given.
  std::function<void(absl::Time now, absl::Time until)> chores;
  observe::Clock clock;
  const observe::Logger& logger;
  prometheus::Registry& registry;
};

// Tells the server, and wenming_ready and wenming_clock_ahead_seconds, from a thread of its own. It says that the
// service is not ready also where the database takes a round longer than five seconds, and that it is not alive where
// a round takes five minutes, which only a restart may help.
class Readiness {
 public:
  Readiness(ReadinessOptions options, rpc::Server& server);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Not ready from now on.
  void End();

 private:
  void Run();
  void Set(bool ready);
  void ReportClock();

  const ReadinessOptions options_;
  rpc::Server& server_;
  prometheus::Gauge& ready_;
  prometheus::Gauge& clock_ahead_;
  bool clock_differs_ = false;  // of the thread
  absl::Notification ending_;
  Watchdog slow_, stand_;
  std::thread thread_;
};

}  // namespace wenming::service
