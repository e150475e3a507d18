#include "gateway/limits/budget.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <utility>

#include "gateway/limits/connection_counts.h"

namespace wenming::gateway::limits {
namespace {

TEST(BudgetTest, GivesWhatThereIs) {
  Budget budget(10);
  Share first(budget);
  EXPECT_TRUE(first.Add(6));
  Share second(budget);
  EXPECT_FALSE(second.Add(5));
  EXPECT_EQ(second.amount(), 0u) << "all or nothing";
  EXPECT_TRUE(second.Add(4));
  EXPECT_FALSE(first.Add(SIZE_MAX)) << "no sum wraps around";
  EXPECT_EQ(budget.taken(), 10u);
  first.Remove(2);
  EXPECT_EQ(budget.taken(), 8u);
  first.Remove(100);
  EXPECT_EQ(budget.taken(), 4u) << "nobody gives back another's";
}

TEST(BudgetTest, AShareGivesBackOnce) {
  Budget budget(10);
  {
    Share share(budget);
    EXPECT_TRUE(share.Add(3));
    Share moved = std::move(share);
    EXPECT_EQ(budget.taken(), 3u);
    Share other(budget);
    EXPECT_TRUE(other.Add(4));
    other = std::move(moved);
    EXPECT_EQ(budget.taken(), 3u) << "what is replaced is given back";
  }
  EXPECT_EQ(budget.taken(), 0u);
}

TEST(BudgetTest, APartIsTakenOfTheWhole) {
  Budget whole(10);
  Budget part(4, &whole);
  Share of_part(part);
  EXPECT_TRUE(of_part.Add(4));
  EXPECT_FALSE(of_part.Add(1)) << "a part is full while the whole is not";
  EXPECT_TRUE(part.full());
  EXPECT_FALSE(whole.full());
  EXPECT_EQ(whole.taken(), 4u);
  of_part.Reset();
  Share of_whole(whole);
  EXPECT_TRUE(of_whole.Add(8));
  EXPECT_FALSE(of_part.Add(3)) << "what the whole does not have, no part has";
  EXPECT_EQ(part.taken(), 0u);
  EXPECT_TRUE(of_part.Add(2));
  EXPECT_TRUE(whole.full());
}

TEST(BudgetTest, ZeroIsNoLimit) {
  Budget budget(0);
  Share share(budget);
  EXPECT_TRUE(share.Add(1 << 30));
  Share nobodys;
  EXPECT_TRUE(nobodys.Add(1 << 30));
  EXPECT_FALSE(budget.full());
}

TEST(ConnectionCountsTest, CountsEachAddress) {
  ConnectionCounts counts(2);
  auto first = counts.TryOpen("a");
  auto second = counts.TryOpen("a");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(counts.TryOpen("a"));
  EXPECT_TRUE(counts.TryOpen("b"));
  first.reset();
  auto third = counts.TryOpen("a");
  EXPECT_TRUE(third);
  auto moved = std::make_unique<ConnectionCounts::Place>(*std::move(third));
  third.reset();
  EXPECT_FALSE(counts.TryOpen("a")) << "a place that moved still counts";
  moved.reset();
  second.reset();
  EXPECT_EQ(counts.addresses(), 0u) << "nothing is kept of who has left";
}

TEST(ConnectionCountsTest, ZeroIsNoLimit) {
  ConnectionCounts counts(0);
  auto first = counts.TryOpen("a");
  EXPECT_TRUE(first && counts.TryOpen("a"));
}

}  // namespace
}  // namespace wenming::gateway::limits
