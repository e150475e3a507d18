#include "common/auth/revocations.h"

#include <gtest/gtest.h>

#include <thread>

namespace wenming::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

std::vector<uint64_t> Ids(const Revocations::News& news) {
  std::vector<uint64_t> ids;
  for (const Revocations::Entry& entry : news.entries) ids.push_back(entry.session_id);
  return ids;
}

TEST(Revocations, KnowWhatWasAddedUntilItMayBeForgotten) {
  Revocations revocations(absl::Seconds(5));
  revocations.Add(1, kNow + absl::Minutes(1));
  revocations.Add(2, kNow + absl::Minutes(2));
  EXPECT_TRUE(revocations.Contains(1));
  EXPECT_FALSE(revocations.Contains(3));
  revocations.Forget(kNow + absl::Minutes(1) - absl::Nanoseconds(1));
  EXPECT_TRUE(revocations.Contains(1));
  revocations.Forget(kNow + absl::Minutes(1));
  EXPECT_FALSE(revocations.Contains(1));
  EXPECT_TRUE(revocations.Contains(2));
  EXPECT_EQ(Ids(revocations.Await({}, absl::ZeroDuration())), std::vector<uint64_t>{2});
}

TEST(Revocations, AreReadyOnceAndWhileTheyAreHeardOf) {
  Revocations revocations(absl::Seconds(4));
  EXPECT_FALSE(revocations.Ready(kNow));
  revocations.Hear(kNow);
  EXPECT_TRUE(revocations.Ready(kNow + absl::Seconds(4)));
  EXPECT_FALSE(revocations.Ready(kNow + absl::Seconds(4) + absl::Microseconds(1)));
  revocations.Hear(kNow - absl::Hours(1));  // late news make nothing older
  EXPECT_TRUE(revocations.Ready(kNow));
}

TEST(Revocations, WithoutALimitStayAsLastHeard) {
  Revocations revocations(absl::InfiniteDuration());
  EXPECT_FALSE(revocations.Ready(kNow));
  revocations.Hear(kNow);
  EXPECT_TRUE(revocations.Ready(kNow + absl::Hours(1000)));
}

TEST(Revocations, AreToldOnceAndInOrder) {
  Revocations revocations(absl::Seconds(5));
  for (const uint64_t id : {5, 3, 5, 4}) revocations.Add(id, kNow);
  Revocations::News news = revocations.Await({}, absl::ZeroDuration());
  EXPECT_EQ(Ids(news), (std::vector<uint64_t>{5, 3, 4}));
  revocations.Add(9, kNow);
  news = revocations.Await(news.position, absl::ZeroDuration());
  EXPECT_EQ(Ids(news), std::vector<uint64_t>{9});
  EXPECT_TRUE(revocations.Await(news.position, absl::ZeroDuration()).entries.empty());
}

TEST(Revocations, WakeWhoWaitsForThem) {
  Revocations revocations(absl::Seconds(5));
  const Revocations::Position position = revocations.Await({}, absl::ZeroDuration()).position;
  std::thread adder([&] { revocations.Add(7, kNow); });
  EXPECT_EQ(Ids(revocations.Await(position, absl::Seconds(30))), std::vector<uint64_t>{7});
  adder.join();
  const Revocations::Position second = revocations.Await({}, absl::ZeroDuration()).position;
  std::thread hearer([&] { revocations.Hear(kNow); });
  EXPECT_EQ(revocations.Await(second, absl::Seconds(30)).position.heard, kNow);
  hearer.join();
}

}  // namespace
}  // namespace wenming::auth
