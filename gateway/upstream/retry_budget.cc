#include "gateway/upstream/retry_budget.h"

#include <algorithm>

namespace wenming::gateway {

RetryBudget::RetryBudget(const RetryBudgetOptions& options, Time now)
    : options_(options), tokens_(options.most), filled_(now) {}

bool RetryBudget::TryTake(Time now) {
  const std::chrono::duration<double> passed = now - filled_;
  filled_ = now;
  tokens_ = std::min(tokens_ + passed.count() * options_.per_second, options_.most);
  if (tokens_ < 1) return false;
  --tokens_;
  return true;
}

}  // namespace wenming::gateway
