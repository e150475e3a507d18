// Who may wait in a line, and for how long.
//
// With more callers than can be served, a line that takes everybody serves everybody at the very end of his time, and
// most answers come when nobody waits for them any more. So whoever would wait for too long is told at once when to
// come back; and whoever has waited for too long all the same, because the line was slower than expected, is told
// before any work is done for him.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"

namespace wenming::rpc {

// Whether a caller who has `left` of his time may join a line in which he is expected to wait for `wait`: for a third
// of his time at most, so that the line may be half as slow again before CheckWaited sends him away.
bool MayWait(absl::Duration left, absl::Duration wait);

// What is answered to one who may not: OVERLOADED, to come back when the line has moved on.
absl::Status ComeBackAfter(absl::Duration wait);

// For one whose turn has come: DEADLINE_EXCEEDED where his deadline has passed, OVERLOADED where he has waited for more
// than such a part of his time.
absl::Status CheckWaited(const Call& call, absl::Time now, double most = 0.5);

// How fast tasks are done that several threads take one by one from a line. Not thread-safe.
class TaskPace {
 public:
  explicit TaskPace(int threads) : threads_(threads) {}

  void Took(absl::Duration task);
  // How long somebody will wait who has so many before him in the line.
  absl::Duration Wait(size_t before) const { return mean_ * static_cast<double>(before) / threads_; }

 private:
  const int threads_;
  absl::Duration mean_ = absl::ZeroDuration();  // of the last ones most of all
};

}  // namespace wenming::rpc
