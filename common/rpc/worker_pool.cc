#include "common/rpc/worker_pool.h"

#include <utility>

namespace wenming::rpc {

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {
  threads_.reserve(static_cast<size_t>(options_.threads));
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TryRun(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= options_.queue) return false;
    queue_.push_back(std::move(task));
    Report();
  }
  news_.notify_one();
  return true;
}

void WorkerPool::Report() {
  if (options_.queue_length != nullptr) options_.queue_length->Set(static_cast<double>(queue_.size()));
}

void WorkerPool::Loop() {
  options_.thread_begin();
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) break;
      task = std::move(queue_.front());
      queue_.pop_front();
      Report();
    }
    task();
  }
  options_.thread_end();
}

}  // namespace wenming::rpc
