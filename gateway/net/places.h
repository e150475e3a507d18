#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace wenming::gateway {

// The places that a listener has for connections, whichever loop they live on. Thread-safe; outlives what it gave.
class Places {
 public:
  explicit Places(size_t most) : most_(most) {}

  // A place, taken until the pointer is let go; null when there is none.
  std::shared_ptr<void> Take() {
    if (taken_.fetch_add(1) < most_) return {this, [](Places* places) { --places->taken_; }};
    --taken_;
    return nullptr;
  }

 private:
  const size_t most_;
  std::atomic<size_t> taken_ = 0;
};

}  // namespace wenming::gateway
