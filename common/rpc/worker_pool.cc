#include "common/rpc/worker_pool.h"

#include <utility>

namespace wenming::rpc {

WorkerPool::WorkerPool(Options options) : options_(std::move(options)), pace_(options_.threads) {
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

absl::Status WorkerPool::TryRun(absl::Duration left, Task task) {
  std::unique_lock lock(mutex_);
  const absl::Duration wait = pace_.Wait(queue_.size());
  if (queue_.size() >= options_.queue || !MayWait(left, wait)) {
    lock.unlock();
    return ComeBackAfter(wait);
  }
  queue_.push_back(std::move(task));
  Report();
  lock.unlock();
  news_.notify_one();
  return absl::OkStatus();
}

void WorkerPool::Report() {
  if (options_.queue_length != nullptr) options_.queue_length->Set(static_cast<double>(queue_.size()));
}

void WorkerPool::Loop() {
  options_.thread_begin();
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) break;
      task = std::move(queue_.front());
      queue_.pop_front();
      Report();
    }
    const auto begin = options_.clock();
    if (!task()) continue;
    const absl::Duration took = absl::FromChrono(options_.clock() - begin);
    const std::lock_guard lock(mutex_);
    pace_.Took(took);
  }
  options_.thread_end();
}

}  // namespace wenming::rpc
