// Compares the clock of this machine with the database's, the one that all replicas share.
#pragma once

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/observe/clock.h"

namespace wenming::service {

// Thread-safe.
class ClockGuard {
 public:
  // From here on somebody should set a clock right: callers' tokens are refused where the clocks differ by more.
  static constexpr absl::Duration kMost = absl::Minutes(1);

  explicit ClockGuard(observe::Clock clock) : clock_(std::move(clock)) {}

  // Asks the database until `deadline`, by the guarded clock. An error is the database's, and changes nothing.
  absl::Status Compare(db::Pool& pool, absl::Time deadline);

  // By how much the clock was ahead when they were last compared, less what the question itself may have taken;
  // negative where it was behind, zero before.
  absl::Duration Ahead() const;

  // The earlier one of the clock and the database's. What was promised until a deadline is taken back by this time: a
  // machine whose clock runs ahead takes nothing from anybody too soon.
  absl::Time Careful() const;

 private:
  const observe::Clock clock_;
  mutable absl::Mutex mutex_;
  absl::Duration ahead_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wenming::service
