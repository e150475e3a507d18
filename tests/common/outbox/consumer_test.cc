#include "common/outbox/consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "common/outbox/sequencer.h"
#include "tests/common/outbox/stream_fixture.h"

namespace wenming::outbox {
namespace {

using events::v1::Event;
using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(60);

class RecordingObserver : public ConsumerObserver {
 public:
  void Applied(int events, int64_t, absl::Time record_time) override {
    applied += events;
    last_record_time = absl::ToUnixMicros(record_time);
  }
  void Loaded(int64_t cursor) override { loaded = cursor; }
  void Heard(int64_t at) override { head = at; }
  void Waiting(int64_t count) override { waiting = count; }
  void Parked(const Event&, const absl::Status&) override { ++parked; }
  void Failed(const absl::Status&) override { ++failed; }
  std::atomic<int> applied = 0, parked = 0, failed = 0;
  std::atomic<int64_t> loaded = -1, head = -1, waiting = -1;
  std::atomic<int64_t> last_record_time = 0;
};

class ConsumerTest : public StreamTest {
 protected:
  ConsumerTest() {
    database_.Administer("CREATE TABLE " + database_.schema() +
                         ".effects (place INT NOT NULL AUTO_INCREMENT PRIMARY KEY, event_key VARCHAR(40) NOT NULL,"
                         " number BIGINT NOT NULL)");
  }

  static absl::Status Record(db::Transaction& transaction, const Event& event) {
    return transaction.Execute("INSERT INTO effects (event_key, number) VALUES (?, ?)", {event.key(), NumberOf(event)})
        .status();
  }
  static ConsumerOptions Options() {
    return {.name = "here", .batch = 8, .first_pause = absl::Milliseconds(1), .longest_pause = absl::Milliseconds(10)};
  }
  void WriteStream(int events) {
    for (int i = 1; i <= events; ++i) ASSERT_EQ(db::DriverText(Write("a", i)), "");
    Sequence();
    log_.Advance(events);
  }
  std::vector<int64_t> Effects() {
    auto rows = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("SELECT number FROM effects ORDER BY place");
    });
    std::vector<int64_t> numbers;
    for (const db::Row& row : *rows) numbers.push_back(row.Int(0));
    return numbers;
  }
  static std::vector<int64_t> UpTo(int64_t last, const std::set<int64_t>& without = {}) {
    std::vector<int64_t> numbers;
    for (int64_t i = 1; i <= last; ++i) {
      if (!without.contains(i)) numbers.push_back(i);
    }
    return numbers;
  }

  Log log_{pool_};
  RecordingObserver observer_;
};

TEST_F(ConsumerTest, AppliesTheStreamInOrder) {
  WriteStream(50);
  LogSource source(log_);
  const Consumer consumer(pool_, source, Record, Options(), &observer_);
  ASSERT_TRUE(consumer.WaitFor(50, kLong));
  EXPECT_EQ(Effects(), UpTo(50));
  EXPECT_EQ(consumer.cursor(), 50);
}

TEST_F(ConsumerTest, ResumesAfterARestart) {
  WriteStream(10);
  for (int last : {3, 10}) {
    Log log(pool_);
    log.Advance(last);
    // Ends its batches at `last`, as if the process had ended there.
    class Until : public Source {
     public:
      Until(Log& log, int last) : source_(log), last_(last) {}
      absl::StatusOr<std::vector<Event>> Next(int64_t after) override {
        auto events = source_.Next(after);
        if (events.ok()) std::erase_if(*events, [&](const Event& event) { return event.cursor() > last_; });
        return events;
      }
      void Cancel() override { source_.Cancel(); }

     private:
      LogSource source_;
      const int last_;
    } source(log, last);
    const Consumer consumer(pool_, source, Record, Options());
    ASSERT_TRUE(consumer.WaitFor(last, kLong));
    EXPECT_EQ(Effects(), UpTo(last));
  }
}

TEST_F(ConsumerTest, PoisonIsParkedAndTheOthersFlow) {
  WriteStream(20);
  LogSource source(log_);
  const Apply apply = [](db::Transaction& transaction, const Event& event) -> absl::Status {
    // It has written something by the time it fails.
    if (absl::Status status = Record(transaction, event); !status.ok()) return status;
    if (NumberOf(event) == 5) return absl::InvalidArgumentError("毒" + std::string(2000, 'x'));
    if (NumberOf(event) == 6) return transaction.Execute("SELEKT").status();
    return absl::OkStatus();
  };
  {
    const Consumer consumer(pool_, source, apply, Options(), &observer_);
    ASSERT_TRUE(consumer.WaitFor(20, kLong));
  }
  EXPECT_EQ(Effects(), UpTo(20, {5, 6}));
  EXPECT_EQ(observer_.parked, 2);
  EXPECT_EQ(observer_.applied, 20);
  const auto rows = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
    return session.Query("SELECT event_cursor, center_id, event_key, event, error FROM parked_events ORDER BY 1");
  });
  ASSERT_EQ(rows->size(), 2u);
  const db::Row& parked = rows->front();
  EXPECT_EQ(parked.Int(0), 5);
  EXPECT_EQ(parked.Id(1), 7u);
  EXPECT_EQ(parked.Text(2), "a");
  Event event;
  ASSERT_TRUE(event.ParseFromString(parked.Text(3)));
  EXPECT_EQ(NumberOf(event), 5);
  EXPECT_THAT(parked.Text(4), HasSubstr("毒"));
  EXPECT_THAT(rows->back().Text(4), HasSubstr("1064"));
}

TEST_F(ConsumerTest, BatchesAreAppliedWholeAndOneByOneWhereOneIsBad) {
  WriteStream(24);
  LogSource source(log_);
  std::vector<size_t> sizes;
  const ApplyBatch apply = [&](db::Transaction& transaction, std::span<const Event> events) -> absl::Status {
    sizes.push_back(events.size());
    for (const Event& event : events) {
      if (absl::Status status = Record(transaction, event); !status.ok()) return status;
      if (NumberOf(event) == 12) return absl::InvalidArgumentError("poison");
    }
    return absl::OkStatus();
  };
  {
    const Consumer consumer(pool_, source, apply, Options(), &observer_);
    ASSERT_TRUE(consumer.WaitFor(24, kLong));
  }
  EXPECT_EQ(Effects(), UpTo(24, {12}));
  EXPECT_EQ(observer_.parked, 1);
  EXPECT_EQ(sizes, (std::vector<size_t>{8, 8, 1, 1, 1, 1, 1, 1, 1, 1, 8}));
}

TEST_F(ConsumerTest, WhatWasParkedIsTriedAgainAtTheNextStart) {
  WriteStream(10);
  {
    LogSource source(log_);
    const Apply apply = [](db::Transaction& transaction, const Event& event) -> absl::Status {
      const bool bad = NumberOf(event) == 4 || NumberOf(event) == 7;
      return bad ? absl::InvalidArgumentError("not yet") : Record(transaction, event);
    };
    const Consumer consumer(pool_, source, apply, Options());
    ASSERT_TRUE(consumer.WaitFor(10, kLong));
  }
  EXPECT_EQ(Effects(), UpTo(10, {4, 7}));
  EXPECT_EQ(Count("parked_events"), 2);
  {
    LogSource source(log_);
    const Apply apply = [](db::Transaction& transaction, const Event& event) -> absl::Status {
      return NumberOf(event) == 7 ? absl::InvalidArgumentError("never") : Record(transaction, event);
    };
    const Consumer consumer(pool_, source, apply, Options());
    ASSERT_TRUE(consumer.WaitFor(10, kLong));
  }
  EXPECT_THAT(Effects(), ::testing::UnorderedElementsAreArray(UpTo(10, {7})));
  EXPECT_EQ(Count("parked_events"), 1);
}

TEST_F(ConsumerTest, WhatWasParkedIsTriedInOrderAPageAtATime) {
  WriteStream(30);
  const auto run = [this](const Apply& apply) {
    Log log(pool_);
    log.Advance(30);
    LogSource source(log);
    ConsumerOptions options = Options();
    options.parked_page = 4;
    const Consumer consumer(pool_, source, apply, options, &observer_);
    EXPECT_TRUE(consumer.WaitFor(30, kLong));
  };
  run([](db::Transaction&, const Event&) { return absl::InvalidArgumentError("not yet"); });
  EXPECT_EQ(Count("parked_events"), 30);
  // Of the first page nothing can be applied, of later ones all but one; a passing fault in between repeats nothing.
  int faults = 0;
  run([&faults](db::Transaction& transaction, const Event& event) -> absl::Status {
    if (NumberOf(event) <= 4 || NumberOf(event) == 17) return absl::InvalidArgumentError("never");
    if (NumberOf(event) == 11 && ++faults < 4) return absl::UnavailableError("away");
    return Record(transaction, event);
  });
  EXPECT_EQ(Effects(), UpTo(30, {1, 2, 3, 4, 17}));
  EXPECT_EQ(Count("parked_events"), 5);
}

TEST_F(ConsumerTest, WhatWasParkedIsTriedAgainWhileTheConsumerWorks) {
  WriteStream(10);
  LogSource source(log_);
  std::atomic<bool> mended = false;
  absl::Notification applied;
  const Apply apply = [&](db::Transaction& transaction, const Event& event) -> absl::Status {
    if (NumberOf(event) != 4) return Record(transaction, event);
    if (!mended) return absl::InvalidArgumentError("not yet");
    if (!applied.HasBeenNotified()) applied.Notify();
    return Record(transaction, event);
  };
  ConsumerOptions options = Options();
  options.parked_pause = absl::ZeroDuration();
  {
    const Consumer consumer(pool_, source, apply, options, &observer_);
    ASSERT_TRUE(consumer.WaitFor(10, kLong));
    mended = true;
    EXPECT_TRUE(applied.WaitForNotificationWithTimeout(kLong));
  }
  EXPECT_THAT(Effects(), ::testing::UnorderedElementsAreArray(UpTo(10)));
  EXPECT_EQ(Count("parked_events"), 0);
}

// As after the consumer's database was restored from an older backup.
TEST_F(ConsumerTest, PoisonThatComesAgainIsParkedOnceAndTheOthersFlow) {
  WriteStream(8);
  const Apply apply = [](db::Transaction& transaction, const Event& event) -> absl::Status {
    if (NumberOf(event) == 5) return absl::InvalidArgumentError("poison");
    return Record(transaction, event);
  };
  for (int run = 0; run < 2; ++run) {
    database_.Administer("UPDATE " + database_.schema() + ".event_cursors SET event_cursor = 0");
    Log log(pool_);
    log.Advance(8);
    LogSource source(log);
    const Consumer consumer(pool_, source, apply, Options(), &observer_);
    ASSERT_TRUE(consumer.WaitFor(8, kLong));
  }
  EXPECT_EQ(observer_.parked, 2);
  const auto parked = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
    return session.QueryOne("SELECT COUNT(*), MIN(event_cursor) FROM parked_events");
  });
  EXPECT_EQ((**parked).Int(0), 1);
  EXPECT_EQ((**parked).Int(1), 5);
}

TEST_F(ConsumerTest, AFullDiskParksNothing) {
  WriteStream(5);
  LogSource source(log_);
  std::atomic<int> failures = 0;
  const Apply apply = [&failures](db::Transaction& transaction, const Event& event) -> absl::Status {
    if (NumberOf(event) == 3 && ++failures <= 3) return db::ErrorFromDriver(1114, "The table 'hours' is full");
    return Record(transaction, event);
  };
  const Consumer consumer(pool_, source, apply, Options(), &observer_);
  ASSERT_TRUE(consumer.WaitFor(5, kLong));
  EXPECT_EQ(Effects(), UpTo(5));
  EXPECT_EQ(observer_.parked, 0);
}

TEST_F(ConsumerTest, TransientErrorsAreTriedAgain) {
  WriteStream(20);
  LogSource source(log_);
  std::atomic<int> failures = 0;
  const absl::StatusCode codes[] = {absl::StatusCode::kUnavailable, absl::StatusCode::kAborted,
                                    absl::StatusCode::kDeadlineExceeded, absl::StatusCode::kUnknown};
  const Apply apply = [&](db::Transaction& transaction, const Event& event) -> absl::Status {
    if (NumberOf(event) == 7 && failures < 4) return absl::Status(codes[failures++], "come back");
    return Record(transaction, event);
  };
  const Consumer consumer(pool_, source, apply, Options(), &observer_);
  ASSERT_TRUE(consumer.WaitFor(20, kLong));
  EXPECT_EQ(failures, 4);
  EXPECT_EQ(observer_.failed, 4);
  EXPECT_EQ(observer_.parked, 0);
  EXPECT_EQ(Effects(), UpTo(20));
}

TEST_F(ConsumerTest, FailingSourceIsTriedAgain) {
  WriteStream(5);
  class Failing : public LogSource {
   public:
    using LogSource::LogSource;
    absl::StatusOr<std::vector<Event>> Next(int64_t after) override {
      if (++calls % 2 == 1) return absl::UnavailableError("no stream");
      return LogSource::Next(after);
    }
    std::atomic<int> calls = 0;
  } source(log_, 2);
  const Consumer consumer(pool_, source, Record, Options(), &observer_);
  ASSERT_TRUE(consumer.WaitFor(5, kLong));
  EXPECT_EQ(Effects(), UpTo(5));
  EXPECT_GE(observer_.failed, 1);
}

TEST_F(ConsumerTest, EventsThatComeAgainAreNotAppliedAgain) {
  WriteStream(10);
  class Repeating : public LogSource {
   public:
    using LogSource::LogSource;
    absl::StatusOr<std::vector<Event>> Next(int64_t after) override {
      return LogSource::Next(std::max<int64_t>(0, after - 3));
    }
  } source(log_, 5);
  const Consumer consumer(pool_, source, Record, Options());
  ASSERT_TRUE(consumer.WaitFor(10, kLong));
  EXPECT_EQ(Effects(), UpTo(10));
}

TEST_F(ConsumerTest, ReplicasShareTheWork) {
  WriteStream(300);
  Log logs[] = {Log(pool_), Log(pool_), Log(pool_)};
  std::vector<std::unique_ptr<LogSource>> sources;
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (Log& log : logs) {
    log.Advance(300);
    sources.push_back(std::make_unique<LogSource>(log, 7));
    consumers.push_back(std::make_unique<Consumer>(pool_, *sources.back(), Record, Options()));
  }
  for (const auto& consumer : consumers) ASSERT_TRUE(consumer->WaitFor(300, kLong));
  consumers.clear();
  EXPECT_EQ(Effects(), UpTo(300));
}

TEST_F(ConsumerTest, ConsumersOfOtherNamesAreApart) {
  WriteStream(3);
  ConsumerOptions options = Options();
  for (const char* name : {"one", "two"}) {
    Log log(pool_);
    log.Advance(3);
    LogSource source(log);
    options.name = name;
    const Consumer consumer(pool_, source, Record, options);
    ASSERT_TRUE(consumer.WaitFor(3, kLong));
  }
  EXPECT_EQ(Effects().size(), 6u);
}

// Of the table, whoever parks and whoever takes away, and also while there is no source.
TEST_F(ConsumerTest, SaysHowManyEventsAreParked) {
  WriteStream(10);
  ConsumerOptions options = Options();
  options.count_pause = absl::Milliseconds(1);
  {
    LogSource source(log_);
    const Apply apply = [](db::Transaction& transaction, const Event& event) -> absl::Status {
      const bool bad = NumberOf(event) == 4 || NumberOf(event) == 7;
      return bad ? absl::InvalidArgumentError("never") : Record(transaction, event);
    };
    const Consumer consumer(pool_, source, apply, options, &observer_);
    ASSERT_TRUE(consumer.WaitFor(10, kLong));
    EXPECT_TRUE(Eventually([this] { return observer_.waiting == 2; }));
    EXPECT_EQ(observer_.loaded, 0);
  }
  class Away : public Source {
   public:
    absl::StatusOr<std::vector<Event>> Next(int64_t) override { return absl::UnavailableError("no stream"); }
    void Cancel() override {}
  } source;
  const Apply never = [](db::Transaction&, const Event&) { return absl::InvalidArgumentError("never"); };
  RecordingObserver again, another;
  const Consumer consumer(pool_, source, never, options, &again);
  options.name = "another";
  const Consumer other(pool_, source, never, options, &another);
  EXPECT_TRUE(Eventually([&] { return again.waiting == 2 && again.loaded == 10; }));
  EXPECT_TRUE(Eventually([&] { return another.waiting == 0 && another.loaded == 0; }));
  database_.Administer("DELETE FROM " + database_.schema() + ".parked_events WHERE event_cursor = 4");
  EXPECT_TRUE(Eventually([&] { return again.waiting == 1; }));
}

TEST_F(ConsumerTest, TellsHowFarTheStreamGetsBeforeItsEventsAreApplied) {
  WriteStream(5);
  class Telling : public LogSource {
   public:
    using LogSource::LogSource;
    std::optional<int64_t> Head() const override { return 5; }
  } source(log_);
  std::atomic<int64_t> head = -1;
  const Apply apply = [&](db::Transaction& transaction, const Event& event) -> absl::Status {
    if (NumberOf(event) == 1) head = observer_.head.load();
    return Record(transaction, event);
  };
  const Consumer consumer(pool_, source, apply, Options(), &observer_);
  ASSERT_TRUE(consumer.WaitFor(5, kLong));
  EXPECT_EQ(head, 5);
}

TEST_F(ConsumerTest, StopsWhileTheSourceWaits) {
  LogSource source(log_);
  Consumer consumer(pool_, source, Record, Options());
  ASSERT_TRUE(consumer.WaitFor(0, kLong));
}

}  // namespace
}  // namespace wenming::outbox
