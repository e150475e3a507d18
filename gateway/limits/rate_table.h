#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

namespace wenming::gateway::limits {

// How often something may happen. 0 a second: as often as it likes.
struct Rate {
  double per_second = 0;
  double burst = 1;  // how many may come at once, at least 1
};

// A token bucket for each of many keys, in memory that never grows: a key has eight places, where it drives out the one
// whose bucket is fullest, that is whose owner has been quiet for longest. Driving out an empty bucket takes eight
// keys that are at least as busy, so a flood of new keys frees nobody.
//
// A bucket is one point in time, the one at which it will be full again (the generic cell rate algorithm, ITU-T I.371).
// Keys are hashed with `seed`, so that nobody chooses who shares a bucket with him. Thread-safe.
class RateTable {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  // `places` is rounded up to a power of two, 512 at least; 16 bytes each, touched only when they are used.
  RateTable(Rate rate, size_t places, uint64_t seed);
  ~RateTable();

  // Takes a token: zero when there was one, else how long until there is one; then nothing is taken.
  Duration Take(std::string_view key, Time now);

 private:
  struct Set;
  static constexpr size_t kLocks = 64;

  const bool limited_;
  const Duration interval_;   // between two tokens
  const Duration tolerance_;  // the time in which the burst is made good
  const uint64_t seed_;
  const size_t sets_;  // a power of two
  const std::unique_ptr<Set, void (*)(void*)> table_;
  std::array<std::mutex, kLocks> locks_;
};

}  // namespace wenming::gateway::limits
