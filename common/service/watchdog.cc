#include "common/service/watchdog.h"

#include <utility>

namespace wenming::service {

Watchdog::Watchdog(absl::Duration patience, std::function<void(bool alive)> tell)
    : thread_([this, patience, tell = std::move(tell)] { Watch(patience, tell); }) {}

Watchdog::~Watchdog() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Watchdog::Beat() {
  const absl::MutexLock lock(&mutex_);
  beaten_ = true;
}

void Watchdog::Watch(absl::Duration patience, const std::function<void(bool alive)>& tell) {
  const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return beaten_ || stopping_; };
  for (bool alive = true;;) {
    {
      const absl::MutexLock lock(&mutex_);
      const bool beaten = mutex_.AwaitWithTimeout(absl::Condition(&woken), patience);
      if (stopping_) return;
      beaten_ = false;
      if (beaten == alive) continue;
      alive = beaten;
    }
    tell(alive);
  }
}

}  // namespace wenming::service
