#pragma once

#include <chrono>

namespace wenming::gateway {

struct BreakerOptions {
  int failures = 5;  // in a row, that open it
  std::chrono::milliseconds first_pause{1000};
  std::chrono::milliseconds longest_pause{30'000};
};

// Keeps calls away from a replica that fails them. Failures in a row open it; after a pause one call is let through as
// a probe, whose success closes it and whose failure makes the next pause twice as long. A probe of which nothing is
// heard is followed by another after the same pause. Not thread-safe.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit CircuitBreaker(const BreakerOptions& options = {});

  bool open() const { return failures_ >= options_.failures; }
  // Whether a call may go to the replica now; of an open one it is the probe.
  bool TryPass(Time now);
  // Closes it.
  void Succeeded();
  // `random`, from 0 up to but not 1, shifts the end of the pause by up to a fifth, so that many who saw the same do
  // not come back at the same moment.
  void Failed(Time now, double random);

 private:
  void Pause(Time now, double random);

  const BreakerOptions options_;
  int failures_ = 0;
  bool probing_ = false;
  std::chrono::milliseconds pause_{0};
  Time next_probe_;
};

// A pause that differs by up to a fifth, either way.
std::chrono::steady_clock::duration Jittered(std::chrono::milliseconds pause, double random);

}  // namespace wenming::gateway
