// The whole way of an event, under concurrency and failures, against the model: every committed event exactly once at
// every consumer, those of a key in the order of their commits.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "common/db/transaction.h"
#include "common/outbox/consumer.h"
#include "common/outbox/outbox.h"
#include "common/outbox/sequencer.h"
#include "tests/common/outbox/stream_fixture.h"

namespace wenming::outbox {
namespace {

using events::v1::Event;

constexpr int kKeys = 5;
constexpr int kWriters = 4;
constexpr int kWritesEach = 150;

// A process of the producing service: its own pool, clock, log and sequencer.
struct Producer {
  Producer(const test::TestDatabase& database, uint16_t salt, absl::Duration skew)
      : pool(*db::Pool::Open(test::Driver(), database.options())),
        ids([skew] { return absl::Now() + skew; }, salt),
        log(*pool),
        sequencer(*pool, log, {.poll = absl::Milliseconds(5), .batch = 23}) {}

  std::unique_ptr<db::Pool> pool;
  ids::Generator ids;
  Log log;
  Sequencer sequencer;
};

class WholeStreamTest : public StreamTest {
 protected:
  WholeStreamTest() {
    const std::string schema = database_.schema();
    database_.Administer("CREATE TABLE " + schema + ".counters (id INT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)");
    for (int key = 0; key < kKeys; ++key) {
      database_.Administer("INSERT INTO " + schema + ".counters VALUES (" + std::to_string(key) + ", 0)");
    }
    database_.Administer("CREATE TABLE " + schema +
                         ".effects (event_cursor BIGINT NOT NULL PRIMARY KEY, place INT NOT NULL AUTO_INCREMENT UNIQUE,"
                         " event_key VARCHAR(40) NOT NULL, number BIGINT NOT NULL)");
  }

  // Counts a key up and tells the new count: the numbers of a key are the order of its commits.
  static absl::Status CountUp(Producer& producer, int key, bool fail) {
    return db::RunTransaction(*producer.pool, {}, [&](db::Transaction& transaction) -> absl::Status {
      auto counted = transaction.Execute("UPDATE counters SET value = value + 1 WHERE id = ?", {key});
      if (!counted.ok()) return counted.status();
      auto row = transaction.QueryOne("SELECT value FROM counters WHERE id = ?", {key});
      if (!row.ok()) return row.status();
      absl::Status appended =
          Append(transaction, producer.ids, 7, "key " + std::to_string(key), MakePayload((*row)->Int(0)), absl::Now());
      if (appended.ok() && fail) return absl::InternalError("rolled back");
      return appended;
    });
  }
};

TEST_F(WholeStreamTest, EveryCommittedEventOnceAndInOrderOfItsKey) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  Producer producers[] = {{database_, 1, absl::ZeroDuration()}, {database_, 2, absl::Seconds(90)}};
  std::vector<std::unique_ptr<Consumer>> consumers;
  std::vector<std::unique_ptr<LogSource>> sources;
  std::atomic<uint32_t> fate = seed;
  const Apply apply = [&](db::Transaction& transaction, const Event& event) -> absl::Status {
    auto written = transaction.Execute("INSERT INTO effects (event_cursor, event_key, number) VALUES (?, ?, ?)",
                                       {event.cursor(), event.key(), NumberOf(event)});
    if (!written.ok()) return written.status();
    const uint32_t draw = std::mt19937(fate++)() % 100;
    if (draw == 0) return absl::UnavailableError("now and then");
    return absl::OkStatus();
  };
  for (Producer& producer : producers) {
    sources.push_back(std::make_unique<LogSource>(producer.log, 11));
    consumers.push_back(std::make_unique<Consumer>(pool_, *sources.back(), apply,
                                                   ConsumerOptions{.name = "there",
                                                                   .batch = 4,
                                                                   .first_pause = absl::Milliseconds(1),
                                                                   .longest_pause = absl::Milliseconds(5)}));
  }

  std::atomic<int> committed = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      std::mt19937 random(seed + w);
      for (int i = 0; i < kWritesEach; ++i) {
        const bool fail = random() % 10 == 0;
        const absl::Status status = CountUp(producers[random() % 2], static_cast<int>(random() % kKeys), fail);
        if (status.ok()) {
          ++committed;
        } else {
          EXPECT_TRUE(fail) << status;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (const auto& consumer : consumers) {
    ASSERT_TRUE(consumer->WaitFor(committed, absl::Seconds(100))) << consumer->cursor() << " of " << committed;
  }
  consumers.clear();

  EXPECT_EQ(static_cast<int>(ReadStream().size()), committed);
  const auto effects = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
    return session.Query("SELECT event_key, number FROM effects ORDER BY place");
  });
  ASSERT_EQ(static_cast<int>(effects->size()), committed);
  std::map<std::string, int64_t> last;
  for (const db::Row& row : *effects) EXPECT_EQ(row.Int(1), ++last[row.Text(0)]) << row.Text(0);
  EXPECT_EQ(Count("parked_events"), 0);
  EXPECT_EQ(Count("outbox"), 0);
}

}  // namespace
}  // namespace wenming::outbox
