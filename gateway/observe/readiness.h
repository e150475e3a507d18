#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

namespace wenming::gateway {

// Whether the gateway should get traffic: every back end has a connection and nobody asked it to stop. Thread-safe.
class Readiness {
 public:
  explicit Readiness(size_t backends) : connections_(backends) {}

  void Connected(size_t backend) { ++connections_[backend]; }
  void Disconnected(size_t backend) { --connections_[backend]; }
  void StartDraining() { draining_ = true; }
  bool draining() const { return draining_; }

  bool ready() const {
    if (draining_) return false;
    for (const auto& count : connections_) {
      if (count <= 0) return false;
    }
    return true;
  }

 private:
  std::vector<std::atomic<int>> connections_;
  std::atomic<bool> draining_ = false;
};

}  // namespace wenming::gateway
