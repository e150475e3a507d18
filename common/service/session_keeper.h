// Looks after the sessions of a service that lets people log in: reads which have ended, forgets old ones.
#pragma once

#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/auth/revocations.h"
#include "common/db/pool.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"

namespace wenming::service {

// Works on a thread of its own from construction to destruction; all references outlive it. Several processes may keep
// the same table.
class SessionKeeper {
 public:
  SessionKeeper(db::Pool& db, auth::Revocations& revocations, observe::Clock clock, const observe::Logger& logger);
  ~SessionKeeper();
  SessionKeeper(const SessionKeeper&) = delete;
  SessionKeeper& operator=(const SessionKeeper&) = delete;

 private:
  void Run();
  absl::Status ReadEnded(absl::Time now);
  void ForgetOld(absl::Time now);

  db::Pool& db_;
  auth::Revocations& revocations_;
  const observe::Clock clock_;
  const observe::Logger& logger_;
  absl::Time read_to_ = absl::InfinitePast();  // when the last successful reading began
  absl::Time forget_next_ = absl::InfinitePast();
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace wenming::service
