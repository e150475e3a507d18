#include "common/outbox/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/db/transaction.h"
#include "tests/common/outbox/stream_fixture.h"

namespace wenming::outbox {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using OutboxTest = StreamTest;

TEST_F(OutboxTest, EventIsThereWithItsTransactionOnly) {
  ASSERT_TRUE(Write("a", 1).ok());
  const absl::Status failed = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) -> absl::Status {
    if (absl::Status appended = Append(transaction, ids_, 7, "a", MakePayload(2), now_); !appended.ok())
      return appended;
    return absl::InternalError("no");
  });
  EXPECT_FALSE(failed.ok());
  Sequence();
  EXPECT_THAT(ReadStream(), ElementsAre(Pair("a", 1)));
}

TEST_F(OutboxTest, SeveralEventsOfOneTransactionKeepTheirOrder) {
  ASSERT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) -> absl::Status {
                for (int i = 1; i <= 5; ++i) {
                  absl::Status status = Append(transaction, ids_, 7, i % 2 == 0 ? "even" : "odd", MakePayload(i), now_);
                  if (!status.ok()) return status;
                }
                return absl::OkStatus();
              }).ok());
  Sequence();
  EXPECT_THAT(ReadStream(),
              ElementsAre(Pair("odd", 1), Pair("even", 2), Pair("odd", 3), Pair("even", 4), Pair("odd", 5)));
}

// Two processes whose clocks differ by an hour write to one key by turns.
TEST_F(OutboxTest, OrderWithinAKeyIsThatOfTheCommitsWhateverTheClocksSay) {
  ids::Generator ahead([] { return absl::Now() + absl::Hours(1); }, 2);
  ids::Generator behind([] { return absl::Now(); }, 3);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
                  return Append(transaction, i % 2 == 0 ? ahead : behind, 7, "a", MakePayload(i), now_);
                }).ok());
    if (i == 3) Sequence();
  }
  Sequence();
  EXPECT_THAT(ReadStream(),
              ElementsAre(Pair("a", 0), Pair("a", 1), Pair("a", 2), Pair("a", 3), Pair("a", 4), Pair("a", 5)));
}

TEST_F(OutboxTest, KeepsEverythingThatWasSaid) {
  const std::string key(128, 'k');
  ASSERT_TRUE(Write(key, 42).ok());
  Sequence();
  const std::vector<events::v1::Event> events = ReadAll();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].center_id(), 7u);
  EXPECT_EQ(events[0].key(), key);
  EXPECT_EQ(events[0].payload().type_url(), "type.googleapis.com/wenming.events.v1.SubscribeRequest");
  EXPECT_EQ(NumberOf(events[0]), 42);
  EXPECT_EQ(
      absl::FromUnixSeconds(events[0].record_time().seconds()) + absl::Nanoseconds(events[0].record_time().nanos()),
      now_);
}

}  // namespace
}  // namespace wenming::outbox
