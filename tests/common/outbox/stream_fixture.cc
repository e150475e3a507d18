#include "tests/common/outbox/stream_fixture.h"

#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "common/outbox/outbox.h"
#include "common/outbox/sequencer.h"

namespace wenming::outbox {

using events::v1::Event;

Payload MakePayload(int64_t number) {
  Payload payload;
  payload.set_after_cursor(number);
  return payload;
}

int64_t NumberOf(const Event& event) {
  Payload payload;
  return event.payload().UnpackTo(&payload) ? payload.after_cursor() : -1;
}

absl::StatusOr<std::vector<Event>> LogSource::Next(int64_t after) {
  if (!log_.WaitBeyond(after, absl::Milliseconds(200))) return std::vector<Event>();
  absl::StatusOr<Batch> batch = log_.Read(after, batch_, {}, absl::Now() + absl::Seconds(10));
  if (!batch.ok()) return batch.status();
  return std::move(batch->events);
}

StreamTest::StreamTest() : database_(common::Migrations(), 12) {}

absl::Status StreamTest::Write(const std::string& key, int64_t number) {
  return db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
    return Append(transaction, ids_, 7, key, MakePayload(number), now_);
  });
}

std::vector<Event> StreamTest::ReadAll() {
  const Log log(pool_);
  absl::StatusOr<Batch> batch = log.Read(0, 1'000'000, {}, absl::InfiniteFuture());
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? std::move(batch->events) : std::vector<Event>();
}

std::vector<std::pair<std::string, int64_t>> StreamTest::ReadStream() {
  std::vector<std::pair<std::string, int64_t>> stream;
  for (const Event& event : ReadAll()) {
    EXPECT_EQ(event.cursor(), static_cast<int64_t>(stream.size()) + 1);
    stream.emplace_back(event.key(), NumberOf(event));
  }
  return stream;
}

int64_t StreamTest::Count(const std::string& table) {
  return *db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) -> absl::StatusOr<int64_t> {
    return (*session.QueryOne("SELECT COUNT(*) FROM " + table)).value().Int(0);
  });
}

void StreamTest::Sequence() {
  absl::StatusOr<Sequenced> turn;
  do {
    turn = SequenceOnce(pool_, 500, absl::InfiniteFuture());
    ASSERT_TRUE(turn.ok()) << turn.status();
  } while (turn->more);
}

bool StreamTest::Eventually(const std::function<bool()>& condition) {
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  while (!condition()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace wenming::outbox
