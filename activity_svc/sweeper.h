// A thread that does what has become due.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"

namespace wenming::activity {

struct SweeperOptions {
  std::string name = {};                       // for the log
  absl::Duration longest = absl::Seconds(15);  // between two turns: what other processes put in is found in time
  absl::Duration after_error = absl::Seconds(2);
};

// Thread-safe.
class Sweeper {
 public:
  // Does everything that is due at `now`, and says when to come again at the latest.
  using Turn = std::function<absl::StatusOr<absl::Time>(absl::Time now)>;

  // Starts. `logger` may be null and must outlive this, as must what `turn` refers to.
  Sweeper(SweeperOptions options, Turn turn, observe::Clock clock, const observe::Logger* logger);
  // Stops after the turn under way.
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  // Something is due earlier than was known, or the clock was moved: look now.
  void Notify();

 private:
  void Loop();
  absl::Duration TakeTurn();

  const SweeperOptions options_;
  const Turn turn_;
  const observe::Clock clock_;
  const observe::Logger* const logger_;
  absl::Mutex mutex_;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace wenming::activity
