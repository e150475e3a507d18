#include "common/outbox/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/db/transaction.h"
#include "common/outbox/outbox.h"
#include "tests/common/outbox/stream_fixture.h"

namespace wenming::outbox {
namespace {

using LogTest = StreamTest;

TEST_F(LogTest, ReadsInPieces) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(Write("a", i).ok());
  Sequence();
  const Log log(pool_);
  const Batch first = *log.Read(0, 2, {}, absl::InfiniteFuture());
  ASSERT_EQ(first.events.size(), 2u);
  EXPECT_EQ(first.read_to, 2);
  const Batch rest = *log.Read(first.read_to, 10, {}, absl::InfiniteFuture());
  ASSERT_EQ(rest.events.size(), 3u);
  EXPECT_EQ(NumberOf(rest.events[0]), 3);
  EXPECT_EQ(rest.read_to, 5);
  const Batch none = *log.Read(5, 10, {}, absl::InfiniteFuture());
  EXPECT_TRUE(none.events.empty());
  EXPECT_EQ(none.read_to, 5);
}

TEST_F(LogTest, GivesTheWantedTypesAndSaysHowFarItLooked) {
  ASSERT_TRUE(Write("a", 1).ok());
  ASSERT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
                return Append(transaction, ids_, 7, "a", events::v1::SubscribeResponse(), now_);
              }).ok());
  ASSERT_TRUE(Write("a", 3).ok());
  Sequence();
  const Log log(pool_);
  const Batch wanted = *log.Read(0, 10, {"wenming.events.v1.SubscribeResponse"}, absl::InfiniteFuture());
  ASSERT_EQ(wanted.events.size(), 1u);
  EXPECT_EQ(wanted.events[0].cursor(), 2);
  EXPECT_EQ(wanted.read_to, 3);
}

TEST_F(LogTest, WaitsForNews) {
  Log log(pool_);
  EXPECT_FALSE(log.WaitBeyond(0, absl::Milliseconds(1)));
  std::thread thread([&] { log.Advance(3); });
  EXPECT_TRUE(log.WaitBeyond(2, absl::Seconds(30)));
  thread.join();
  EXPECT_FALSE(log.WaitBeyond(3, absl::Milliseconds(1)));
}

TEST_F(LogTest, TheHeadIsWhatWasSeenLately) {
  Log log(pool_);
  EXPECT_EQ(log.Head(absl::Hours(1)), std::nullopt);
  log.Advance(3);
  EXPECT_EQ(log.Head(absl::Hours(1)), 3);
  EXPECT_EQ(log.Head(-absl::Nanoseconds(1)), std::nullopt);
  // The database was restored from an older backup.
  log.Advance(1);
  EXPECT_EQ(log.Head(absl::Hours(1)), 1);
  EXPECT_FALSE(log.WaitBeyond(1, absl::ZeroDuration()));
}

TEST_F(LogTest, CloseWakesWaiters) {
  Log log(pool_);
  std::thread thread([&] { log.Close(); });
  EXPECT_FALSE(log.WaitBeyond(0, absl::InfiniteDuration()));
  thread.join();
  EXPECT_TRUE(log.closed());
}

}  // namespace
}  // namespace wenming::outbox
