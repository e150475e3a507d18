#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <vector>

namespace wenming::gateway {

// Whether the gateway should get traffic. It begins when every back end has a connection, which proves that it is told
// the right ones; then it takes one that is left, for the routes of a back end that is missing are answered 503 by
// every gateway alike, and the other routes need somebody. It ends when the gateway is asked to stop. Thread-safe.
class Readiness {
 public:
  explicit Readiness(size_t backends) : connections_(backends) {}

  void Connected(size_t backend) {
    ++connections_[backend];
    if (std::ranges::all_of(connections_, IsConnected)) complete_ = true;
  }
  void Disconnected(size_t backend) { --connections_[backend]; }
  void StartDraining() { draining_ = true; }
  bool draining() const { return draining_; }

  bool ready() const { return !draining_ && complete_ && std::ranges::any_of(connections_, IsConnected); }

 private:
  static bool IsConnected(const std::atomic<int>& connections) { return connections > 0; }

  std::vector<std::atomic<int>> connections_;
  std::atomic<bool> complete_ = false;  // all were connected once
  std::atomic<bool> draining_ = false;
};

}  // namespace wenming::gateway
