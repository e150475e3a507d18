#pragma once

#include <chrono>

namespace wenming::gateway {

struct RetryBudgetOptions {
  double per_call = 0.1;   // a repetition for every tenth call,
  double per_second = 10;  // and some where there are few
  double most = 500;       // that may be saved up
};

// How many calls may be repeated, so that a back end in trouble does not get the calls twice: a bucket that calls and
// time fill, and repetitions empty. It begins full. Not thread-safe.
class RetryBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RetryBudget(const RetryBudgetOptions& options, Time now);

  // A call was made for the first time.
  void Called() { tokens_ += options_.per_call; }
  // Takes one repetition out; false when there is none.
  bool TryTake(Time now);

 private:
  const RetryBudgetOptions options_;
  double tokens_;
  Time filled_;
};

}  // namespace wenming::gateway
