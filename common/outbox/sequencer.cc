#include "common/outbox/sequencer.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/transaction.h"

namespace wenming::outbox {
namespace {

constexpr char kLook[] = "SELECT head, EXISTS (SELECT 1 FROM outbox LIMIT 1) FROM event_heads WHERE stream = 1";
constexpr char kLock[] = "SELECT head FROM event_heads WHERE stream = 1 FOR UPDATE";
constexpr char kPending[] =
    "SELECT id, center_id, event_key, payload_type, payload, record_time"
    " FROM outbox ORDER BY place, id LIMIT ?";
constexpr char kAdvance[] = "UPDATE event_heads SET head = ? WHERE stream = 1";
constexpr char kInsert[] =
    "INSERT INTO events (event_cursor, center_id, event_key, payload_type, payload, record_time) VALUES ";
constexpr char kDelete[] = "DELETE FROM outbox WHERE id IN (";

// Rows are moved in groups of these sizes, so that few shapes of statements are prepared.
constexpr size_t kGroups[] = {64, 16, 4, 1};
constexpr absl::Duration kTurnTimeout = absl::Seconds(10);
constexpr absl::Duration kFailurePause = absl::Milliseconds(500);

absl::Status MoveGroup(db::Transaction& transaction, std::span<db::Row> rows, int64_t head) {
  std::vector<db::Value> events;
  std::vector<db::Value> moved;
  events.reserve(6 * rows.size());
  moved.reserve(rows.size());
  for (db::Row& row : rows) {
    events.emplace_back(++head);
    events.emplace_back(row.Id(1));
    events.emplace_back(row.TakeText(2));
    events.emplace_back(row.TakeText(3));
    events.emplace_back(row.TakeText(4));
    events.emplace_back(row.Int(5));
    moved.emplace_back(row.Id(0));
  }
  const auto inserted = transaction.Execute(kInsert + db::PlaceholderRows(rows.size(), 6), events);
  if (!inserted.ok()) return inserted.status();
  return transaction.Execute(kDelete + db::Placeholders(rows.size()) + ")", moved).status();
}

absl::StatusOr<Sequenced> Move(db::Transaction& transaction, int batch, absl::Time begin) {
  auto locked = transaction.QueryOne(kLock);
  if (!locked.ok()) return locked.status();
  if (!locked->has_value()) return absl::InternalError("event_heads is empty");
  Sequenced result{.events = 0, .head = (*locked)->Int(0), .more = false, .until = begin};
  auto rows = transaction.Query(kPending, {batch});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return result;
  result.events = static_cast<int>(rows->size());
  result.more = result.events == batch;
  if (result.more) result.until = absl::FromUnixMicros(rows->back().Int(5));
  for (std::span<db::Row> rest(*rows); !rest.empty();) {
    const size_t size =
        *std::find_if(std::begin(kGroups), std::end(kGroups), [&](size_t n) { return n <= rest.size(); });
    const std::span<db::Row> group = rest.first(size);
    if (absl::Status moved = MoveGroup(transaction, group, result.head); !moved.ok()) return moved;
    result.head += static_cast<int64_t>(group.size());
    rest = rest.subspan(size);
  }
  if (auto advanced = transaction.Execute(kAdvance, {result.head}); !advanced.ok()) return advanced.status();
  return result;
}

}  // namespace

absl::StatusOr<Sequenced> SequenceOnce(db::Pool& pool, int batch, absl::Time deadline) {
  const absl::Time begin = absl::Now();
  // Most turns find nothing, and must not queue for the lock to learn that.
  auto look = db::Read(pool, deadline, [](db::Session& session) { return session.QueryOne(kLook); });
  if (!look.ok()) return look.status();
  if (!look->has_value()) return absl::InternalError("event_heads is empty");
  if (!(*look)->Bool(1)) return Sequenced{.events = 0, .head = (*look)->Int(0), .more = false, .until = begin};
  return db::RunTransaction(pool, {.deadline = deadline, .repeatable = true},
                            [&](db::Transaction& transaction) { return Move(transaction, batch, begin); });
}

Sequencer::Sequencer(db::Pool& pool, Log& log, SequencerOptions options, SequencerObserver* observer)
    : pool_(pool), log_(log), options_(options), observer_(observer) {
  pool_.OnAnnouncement([this] { Notify(); });
  thread_ = std::thread([this] { Loop(); });
}

Sequencer::~Sequencer() {
  pool_.OnAnnouncement(nullptr);
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void Sequencer::Notify() {
  absl::MutexLock lock(&mutex_);
  news_ = true;
}

bool Sequencer::Wait(absl::Duration pause, bool wake) {
  absl::MutexLock lock(&mutex_);
  const auto due = [this, wake] {
    mutex_.AssertHeld();
    return stop_ || (wake && news_);
  };
  mutex_.AwaitWithTimeout(absl::Condition(&due), pause);
  news_ = false;
  return !stop_;
}

void Sequencer::Loop() {
  absl::Duration pause = absl::ZeroDuration();
  bool failed = false;
  while (Wait(pause, !failed)) {
    const absl::StatusOr<Sequenced> turn = SequenceOnce(pool_, options_.batch, absl::Now() + kTurnTimeout);
    failed = !turn.ok();
    if (failed) {
      pause = kFailurePause;
      if (observer_ != nullptr) observer_->Failed(turn.status());
      continue;
    }
    pause = turn->more ? absl::ZeroDuration() : options_.poll;
    log_.Advance(turn->head);
    if (observer_ == nullptr) continue;
    if (turn->events > 0) observer_->Sequenced(turn->events);
    observer_->Level(turn->until);
  }
}

}  // namespace wenming::outbox
