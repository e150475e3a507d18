// The clock that servers are given; tests give another.
#pragma once

#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace wenming::observe {

// Thread-safe, never goes far backwards.
using Clock = std::function<absl::Time()>;

inline Clock SystemClock() {
  return [] { return absl::Now(); };
}

}  // namespace wenming::observe
