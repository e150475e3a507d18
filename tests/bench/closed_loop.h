// A closed loop of unary calls: a fixed number in flight, each answered one followed by the next at once.
#pragma once

#include <functional>
#include <vector>

#include "absl/time/time.h"

namespace wenming::bench {

// Begins one call and runs `done(ok)` when it has ended, on any thread.
using Begin = std::function<void(std::function<void(bool ok)> done)>;

struct Measured {
  double qps = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  int64_t failed = 0;
};

// Keeps `in_flight` calls going for `length`, then lets them end. Blocks.
Measured RunClosedLoop(const Begin& begin, int in_flight, absl::Duration length);

// The value that the share `q` of the values does not exceed; the lower one of two. 0 where there are none.
double Quantile(std::vector<double> values, double q);
double Median(std::vector<double> values);

}  // namespace wenming::bench
