#include "gateway/upstream/retry_budget.h"

#include <gtest/gtest.h>

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RetryBudget::Time kBegin{};

// How many repetitions there are at `now`.
int TakeAll(RetryBudget& budget, RetryBudget::Time now) {
  int taken = 0;
  while (budget.TryTake(now)) ++taken;
  return taken;
}

TEST(RetryBudgetTest, BeginsFullAndGivesATenthOfTheCalls) {
  RetryBudget budget({.per_call = 0.1, .per_second = 0, .most = 20}, kBegin);
  EXPECT_EQ(TakeAll(budget, kBegin), 20);
  for (int i = 0; i < 55; ++i) budget.Called();
  EXPECT_EQ(TakeAll(budget, kBegin + seconds(1)), 5);
}

TEST(RetryBudgetTest, GivesSomeWhereThereAreFewCalls) {
  RetryBudget budget({.per_call = 0.1, .per_second = 10, .most = 20}, kBegin);
  TakeAll(budget, kBegin);
  EXPECT_EQ(TakeAll(budget, kBegin + milliseconds(90)), 0);
  EXPECT_EQ(TakeAll(budget, kBegin + milliseconds(510)), 5);
}

TEST(RetryBudgetTest, SavesNoMoreThanItsMost) {
  RetryBudget budget({.per_call = 1, .per_second = 10, .most = 20}, kBegin);
  TakeAll(budget, kBegin);
  for (int i = 0; i < 1000; ++i) budget.Called();
  EXPECT_EQ(TakeAll(budget, kBegin + seconds(100)), 20);
}

}  // namespace
}  // namespace wenming::gateway
