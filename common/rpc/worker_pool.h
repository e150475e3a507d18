// A bounded pool: a fixed number of threads, and a queue that refuses whom it would serve too late.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/waiting.h"
#include "prometheus/gauge.h"

namespace wenming::rpc {

// Thread-safe. The destructor runs what is queued, then ends the threads.
class WorkerPool {
 public:
  // Says whether it did its work: what found that nobody waits for it any more tells nothing of how long work takes.
  using Task = std::function<bool()>;
  struct Options {
    int threads = 8;
    size_t queue = 1024;
    // Run by each thread first and last; the database driver wants to know its threads.
    std::function<void()> thread_begin = [] {};
    std::function<void()> thread_end = [] {};
    prometheus::Gauge* queue_length = nullptr;
    std::function<std::chrono::steady_clock::time_point()> clock = std::chrono::steady_clock::now;
  };

  explicit WorkerPool(Options options);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // OVERLOADED, without running it, where the queue is full or too long for one who has `left` of his time (MayWait).
  absl::Status TryRun(absl::Duration left, Task task);

 private:
  void Loop();
  void Report();

  const Options options_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<Task> queue_;
  TaskPace pace_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wenming::rpc
