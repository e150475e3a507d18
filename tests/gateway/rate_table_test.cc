#include "gateway/limits/rate_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace wenming::gateway::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kPlaces = 1024;
const RateTable::Time kNow{seconds(1000)};

// How many of `wanted` go through at once.
int Burst(RateTable& table, std::string_view key, RateTable::Time now, int wanted = 1000) {
  int through = 0;
  for (int i = 0; i < wanted; ++i) through += table.Take(key, now) == RateTable::Duration::zero() ? 1 : 0;
  return through;
}

TEST(RateTableTest, LetsABurstThroughAndThenTheRate) {
  RateTable table({.per_second = 10, .burst = 40}, kPlaces, 1);
  EXPECT_EQ(Burst(table, "a", kNow), 40);
  EXPECT_EQ(table.Take("a", kNow), milliseconds(100));
  EXPECT_EQ(table.Take("a", kNow + milliseconds(99)), milliseconds(1));
  EXPECT_EQ(Burst(table, "a", kNow + milliseconds(100)), 1);
  EXPECT_EQ(Burst(table, "a", kNow + milliseconds(600)), 5);
  EXPECT_EQ(Burst(table, "a", kNow + seconds(60)), 40) << "never more than the burst";
}

TEST(RateTableTest, ARefusalCostsNothing) {
  RateTable table({.per_second = 1, .burst = 1}, kPlaces, 1);
  EXPECT_EQ(Burst(table, "a", kNow), 1);
  EXPECT_EQ(Burst(table, "a", kNow + seconds(1)), 1);
}

TEST(RateTableTest, KeysAreApart) {
  RateTable table({.per_second = 1, .burst = 3}, kPlaces, 1);
  EXPECT_EQ(Burst(table, "a", kNow), 3);
  EXPECT_EQ(Burst(table, "b", kNow), 3);
  EXPECT_EQ(Burst(table, "a", kNow), 0);
}

TEST(RateTableTest, ZeroIsNoLimit) {
  RateTable table({.per_second = 0}, kPlaces, 1);
  EXPECT_EQ(Burst(table, "a", kNow, 10'000), 10'000);
}

// Its memory is one array, made at the start. Whoever floods it with keys gets out of no empty bucket.
TEST(RateTableTest, AMillionAddressesFreeNobody) {
  RateTable table({.per_second = 1, .burst = 100}, kPlaces, 1);
  EXPECT_EQ(Burst(table, "busy", kNow), 100);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string key = "address " + std::to_string(i);
    EXPECT_EQ(table.Take(key, kNow), RateTable::Duration::zero()) << "one that is new has a full bucket";
  }
  EXPECT_EQ(Burst(table, "busy", kNow), 0);
}

TEST(RateTableTest, ThreadsShareABucket) {
  RateTable table({.per_second = 0.001, .burst = 1000}, kPlaces, 1);
  std::atomic<int> through = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { through += Burst(table, "a", kNow); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(through, 1000);
}

}  // namespace
}  // namespace wenming::gateway::limits
