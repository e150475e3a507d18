#include "common/outbox/sequencer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "common/db/transaction.h"
#include "common/outbox/outbox.h"
#include "tests/common/outbox/stream_fixture.h"

namespace wenming::outbox {
namespace {

class CountingObserver : public SequencerObserver {
 public:
  void Sequenced(int count) override { events += count; }
  void Level(absl::Time until) override { level = absl::ToUnixNanos(until); }
  void Failed(const absl::Status&) override { ++failures; }
  std::atomic<int> events = 0, failures = 0;
  std::atomic<int64_t> level = 0;
};

using SequencerTest = StreamTest;

TEST_F(SequencerTest, OneTurnMovesABatchAndSaysWhetherThereIsMore) {
  for (int i = 1; i <= 150; ++i) ASSERT_TRUE(Write("a", i).ok());
  const Sequenced first = *SequenceOnce(pool_, 149, absl::InfiniteFuture());
  EXPECT_EQ(first.events, 149);
  EXPECT_EQ(first.head, 149);
  EXPECT_TRUE(first.more);
  const Sequenced second = *SequenceOnce(pool_, 149, absl::InfiniteFuture());
  EXPECT_EQ(second.events, 1);
  EXPECT_EQ(second.head, 150);
  EXPECT_FALSE(second.more);
  EXPECT_EQ(SequenceOnce(pool_, 149, absl::InfiniteFuture())->events, 0);
  EXPECT_EQ(Count("outbox"), 0);
  const auto stream = ReadStream();
  ASSERT_EQ(stream.size(), 150u);
  for (int i = 0; i < 150; ++i) EXPECT_EQ(stream[i].second, i + 1);
}

TEST_F(SequencerTest, SaysUntilWhenAllIsInTheStream) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Write("a", i).ok());
  // More may wait: as late as the last one that was moved.
  EXPECT_EQ(SequenceOnce(pool_, 2, absl::InfiniteFuture())->until, now_);
  for (int turn = 0; turn < 2; ++turn) {
    const absl::Time begin = absl::Now();
    EXPECT_GE(SequenceOnce(pool_, 2, absl::InfiniteFuture())->until, begin) << turn;
  }
}

// Longer than any test takes: only the announcement can wake it.
TEST_F(SequencerTest, WakesAfterALocalCommit) {
  Log log(pool_);
  CountingObserver observer;
  Sequencer sequencer(pool_, log, {.poll = absl::Hours(1)}, &observer);
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(Write("a", i).ok());
    ASSERT_TRUE(log.WaitBeyond(i - 1, absl::Seconds(30))) << i;
  }
  EXPECT_EQ(ReadStream().size(), 20u);
}

TEST_F(SequencerTest, FindsTheCommitsOfOtherProcesses) {
  const std::unique_ptr<db::Pool> other = *db::Pool::Open(test::Driver(), database_.options());
  Log log(pool_);
  Sequencer sequencer(pool_, log, {.poll = absl::Milliseconds(5)});
  ASSERT_TRUE(db::RunTransaction(*other, {}, [&](db::Transaction& transaction) {
                return Append(transaction, ids_, 7, "a", MakePayload(1), now_);
              }).ok());
  EXPECT_TRUE(log.WaitBeyond(0, absl::Seconds(30)));
}

TEST_F(SequencerTest, TellsOfWhatOthersHaveSequenced) {
  ASSERT_TRUE(Write("a", 1).ok());
  Sequence();
  Log log(pool_);
  Sequencer sequencer(pool_, log, {.poll = absl::Milliseconds(5)});
  EXPECT_TRUE(log.WaitBeyond(0, absl::Seconds(30)));
}

TEST_F(SequencerTest, GoesOnAfterAFailure) {
  Log log(pool_);
  CountingObserver observer;
  database_.Administer("RENAME TABLE " + database_.schema() + ".event_heads TO " + database_.schema() + ".away");
  Sequencer sequencer(pool_, log, {.poll = absl::Milliseconds(1)}, &observer);
  ASSERT_TRUE(Eventually([&] { return observer.failures > 0; }));
  EXPECT_EQ(observer.level, 0);
  EXPECT_EQ(log.Head(absl::Hours(1)), std::nullopt);
  database_.Administer("RENAME TABLE " + database_.schema() + ".away TO " + database_.schema() + ".event_heads");
  ASSERT_TRUE(Write("a", 1).ok());
  EXPECT_TRUE(log.WaitBeyond(0, absl::Seconds(30)));
  // With nothing left to do it still tells.
  const int64_t begin = absl::ToUnixNanos(absl::Now());
  EXPECT_TRUE(Eventually([&] { return observer.level >= begin; }));
  EXPECT_EQ(log.Head(absl::Hours(1)), 1);
}

}  // namespace
}  // namespace wenming::outbox
