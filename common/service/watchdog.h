// Notices that work which should go on for ever has come to a stand: nobody beats any more.
#pragma once

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace wenming::service {

// Thread-safe. The destructor waits for a call of `tell` under way.
class Watchdog {
 public:
  // Calls `tell(false)` when no beat has come for `patience`, and `tell(true)` with the next one; from a thread of its
  // own.
  Watchdog(absl::Duration patience, std::function<void(bool alive)> tell);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void Beat();

 private:
  void Watch(absl::Duration patience, const std::function<void(bool alive)>& tell);

  absl::Mutex mutex_;
  bool beaten_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace wenming::service
