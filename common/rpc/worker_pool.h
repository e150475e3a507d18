// A bounded pool: a fixed number of threads and a queue that refuses when it is full.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "prometheus/gauge.h"

namespace wenming::rpc {

// Thread-safe. The destructor runs what is queued, then ends the threads.
class WorkerPool {
 public:
  struct Options {
    int threads = 8;
    size_t queue = 1024;
    // Run by each thread first and last; the database driver wants to know its threads.
    std::function<void()> thread_begin = [] {};
    std::function<void()> thread_end = [] {};
    prometheus::Gauge* queue_length = nullptr;
  };

  explicit WorkerPool(Options options);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, without running it, when the queue is full.
  bool TryRun(std::function<void()> task);

 private:
  void Loop();
  void Report();

  const Options options_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wenming::rpc
