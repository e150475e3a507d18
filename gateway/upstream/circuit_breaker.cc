#include "gateway/upstream/circuit_breaker.h"

#include <algorithm>

namespace wenming::gateway {

CircuitBreaker::CircuitBreaker(const BreakerOptions& options) : options_(options) {}

bool CircuitBreaker::TryPass(Time now) {
  if (!open()) return true;
  if (now < next_probe_) return false;
  probing_ = true;
  next_probe_ = now + pause_;
  return true;
}

void CircuitBreaker::Succeeded() {
  failures_ = 0;
  probing_ = false;
}

void CircuitBreaker::Failed(Time now, double random) {
  if (!open()) {
    if (++failures_ < options_.failures) return;
    pause_ = options_.first_pause;
    return Pause(now, random);
  }
  // Calls that were under way when it opened say nothing new.
  if (!probing_) return;
  pause_ = std::min(pause_ * 2, options_.longest_pause);
  Pause(now, random);
}

void CircuitBreaker::Pause(Time now, double random) {
  probing_ = false;
  next_probe_ = now + Jittered(pause_, random);
}

std::chrono::steady_clock::duration Jittered(std::chrono::milliseconds pause, double random) {
  const std::chrono::duration<double, std::milli> shifted = pause * (0.8 + 0.4 * random);
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(shifted);
}

}  // namespace wenming::gateway
