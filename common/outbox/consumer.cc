#include "common/outbox/consumer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::outbox {
namespace {

using events::v1::Event;

constexpr char kLoad[] = "SELECT event_cursor FROM event_cursors WHERE consumer = ?";
constexpr char kCreate[] = "INSERT INTO event_cursors (consumer, event_cursor) VALUES (?, 0)";
constexpr char kMove[] = "UPDATE event_cursors SET event_cursor = ? WHERE consumer = ? AND event_cursor = ?";
constexpr char kPark[] =
    "INSERT INTO parked_events (consumer, event_cursor, center_id, event_key, event, error, park_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";

constexpr char kParked[] =
    "SELECT event_cursor, event FROM parked_events WHERE consumer = ? AND event_cursor > ?"
    " ORDER BY event_cursor LIMIT ?";
// More are not worth the time.
constexpr char kCountParked[] =
    "SELECT COUNT(*) FROM (SELECT 1 FROM parked_events WHERE consumer = ? LIMIT 10000) AS counted";
constexpr char kUnpark[] = "DELETE FROM parked_events WHERE consumer = ? AND event_cursor = ?";

constexpr absl::Duration kTimeout = absl::Seconds(30);
constexpr size_t kLongestError = 1000;

// What a transaction answers when another replica has moved the cursor: not an error of anybody.
constexpr char kOvertakenUrl[] = "wenming.outbox/overtaken";

absl::Status Overtaken() {
  absl::Status status = absl::AbortedError("another replica has applied this");
  status.SetPayload(kOvertakenUrl, absl::Cord());
  return status;
}

bool IsOvertaken(const absl::Status& status) { return status.GetPayload(kOvertakenUrl).has_value(); }

// Whether trying again may help: most faults of the database say nothing about the event.
bool IsTransient(const absl::Status& status) {
  if (!db::DriverText(status).empty()) return !db::WouldFailAgain(status);
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

// The beginning of a text, not cut within a character.
std::string_view Cut(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

absl::Time RecordTime(const Event& event) {
  return absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.record_time()));
}

ApplyBatch OneByOne(Apply apply) {
  return [apply = std::move(apply)](db::Transaction& transaction, std::span<const Event> events) {
    absl::Status status;
    for (size_t i = 0; i < events.size() && status.ok(); ++i) status = apply(transaction, events[i]);
    return status;
  };
}

}  // namespace

Consumer::Consumer(db::Pool& pool, Source& source, Apply apply, ConsumerOptions options, ConsumerObserver* observer)
    : Consumer(pool, source, OneByOne(std::move(apply)), std::move(options), observer) {}

Consumer::Consumer(db::Pool& pool, Source& source, ApplyBatch apply, ConsumerOptions options,
                   ConsumerObserver* observer)
    : pool_(pool),
      source_(source),
      apply_(std::move(apply)),
      options_(std::move(options)),
      observer_(observer),
      thread_([this] { Loop(); }) {}

Consumer::~Consumer() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  source_.Cancel();
  thread_.join();
}

int64_t Consumer::cursor() const {
  absl::MutexLock lock(&mutex_);
  return cursor_;
}

bool Consumer::WaitFor(int64_t cursor, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  const auto reached = [this, cursor] {
    mutex_.AssertReaderHeld();
    return cursor_ >= cursor;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&reached), timeout);
}

bool Consumer::stopping() const {
  absl::MutexLock lock(&mutex_);
  return stop_;
}

bool Consumer::Pause(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stop_), pause);
}

void Consumer::Loop() {
  absl::BitGen random;
  absl::Duration pause = options_.first_pause;
  while (!stopping()) {
    const absl::Status status = Step();
    if (status.ok()) {
      pause = options_.first_pause;
      continue;
    }
    if (stopping()) return;
    if (observer_ != nullptr) observer_->Failed(status);
    if (!Pause(pause * absl::Uniform(random, 0.5, 1.0))) return;
    pause = std::min(2 * pause, options_.longest_pause);
  }
}

absl::Status Consumer::LoadCursor() {
  const absl::Time deadline = absl::Now() + kTimeout;
  auto row = db::Read(pool_, deadline, [&](db::Session& session) { return session.QueryOne(kLoad, {options_.name}); });
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    auto created =
        db::RunTransaction(pool_, {.deadline = deadline, .repeatable = true},
                           [&](db::Transaction& transaction) { return transaction.Execute(kCreate, {options_.name}); });
    if (!created.ok() && !db::IsDuplicateKey(created.status())) return created.status();
    return LoadCursor();
  }
  const int64_t loaded = (*row)->Int(0);
  {
    absl::MutexLock lock(&mutex_);
    cursor_ = loaded;
  }
  if (observer_ != nullptr) observer_->Loaded(loaded);
  return absl::OkStatus();
}

absl::Status Consumer::Step() {
  const bool starting = cursor() < 0;
  if (absl::Status counted = CountParked(); !counted.ok()) return counted;
  if (absl::Status tried = TryParked(starting); !tried.ok()) return tried;
  if (starting) {
    if (absl::Status loaded = LoadCursor(); !loaded.ok()) return loaded;
  }
  const absl::StatusOr<std::vector<Event>> events = source_.Next(cursor());
  if (!events.ok()) return events.status();
  const std::optional<int64_t> head = source_.Head();
  if (observer_ != nullptr && head) observer_->Heard(*head);
  const size_t most = static_cast<size_t>(std::max(1, options_.batch));
  std::span<const Event> rest(*events);
  while (!rest.empty() && !stopping()) {
    if (rest.front().cursor() <= cursor()) {
      rest = rest.subspan(1);
      continue;
    }
    const std::span<const Event> batch = rest.first(std::min(most, rest.size()));
    absl::Status status = Take(batch);
    if (IsOvertaken(status)) return LoadCursor();
    if (!status.ok()) return status;
    rest = rest.subspan(batch.size());
  }
  return absl::OkStatus();
}

absl::Status Consumer::Take(std::span<const Event> batch) {
  absl::Status status = ApplyAll(batch);
  if (status.ok() || IsTransient(status)) return status;
  // One of them cannot be applied: go singly, so that no other is left out with it.
  for (const Event& event : batch) {
    status = ApplyAll({&event, 1});
    if (!status.ok() && !IsTransient(status)) status = Park(event, status);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Consumer::ApplyAll(std::span<const Event> batch) {
  const Event& last = batch.back();
  const absl::Status status = db::RunTransaction(pool_, {.deadline = absl::Now() + kTimeout, .repeatable = true},
                                                 [&](db::Transaction& transaction) {
                                                   // The cursor first: its row lock keeps other replicas from doing the
                                                   // same work.
                                                   const absl::Status moved = MoveCursor(transaction, last.cursor());
                                                   return moved.ok() ? apply_(transaction, batch) : moved;
                                                 });
  if (status.ok()) Moved(last, batch.size());
  return status;
}

absl::Status Consumer::Park(const Event& event, const absl::Status& why) {
  const std::string error = absl::StrCat(why.ToString(), " ", db::DriverText(why));
  const absl::Status status = db::RunTransaction(
      pool_, {.deadline = absl::Now() + kTimeout, .repeatable = true}, [&](db::Transaction& transaction) {
        if (absl::Status moved = MoveCursor(transaction, event.cursor()); !moved.ok()) return moved;
        // It may be parked already: the cursor was set back.
        auto before = transaction.Execute(kUnpark, {options_.name, event.cursor()});
        if (!before.ok()) return before.status();
        return transaction
            .Execute(kPark, {options_.name, event.cursor(), event.center_id(), event.key(), event.SerializeAsString(),
                             Cut(error, kLongestError), absl::Now()})
            .status();
      });
  if (!status.ok()) return status;
  count_due_ = absl::InfinitePast();
  if (observer_ != nullptr) observer_->Parked(event, why);
  Moved(event, 1);
  return status;
}

absl::Status Consumer::CountParked() {
  if (observer_ == nullptr || absl::Now() < count_due_) return absl::OkStatus();
  const auto row = db::Read(pool_, absl::Now() + kTimeout,
                            [&](db::Session& session) { return session.QueryOne(kCountParked, {options_.name}); });
  if (!row.ok()) return row.status();
  observer_->Waiting((*row)->Int(0));
  count_due_ = absl::Now() + options_.count_pause;
  return absl::OkStatus();
}

// At the start all that is parked, later a page at a time, so that the stream goes on meanwhile.
absl::Status Consumer::TryParked(bool starting) {
  if (!starting && absl::Now() < parked_due_) return absl::OkStatus();
  bool more = true;
  do {
    const auto tried = TryParkedPage();
    if (!tried.ok()) return tried.status();
    more = *tried;
  } while (more && starting && !stopping());
  if (more) return absl::OkStatus();
  parked_after_ = -1;
  parked_due_ = absl::Now() + options_.parked_pause;
  return absl::OkStatus();
}

// Whether there may be more. After an error it goes on with the event that failed.
absl::StatusOr<bool> Consumer::TryParkedPage() {
  const int64_t most = std::max(1, options_.parked_page);
  const auto rows = db::Read(pool_, absl::Now() + kTimeout, [&](db::Session& session) {
    return session.Query(kParked, {options_.name, parked_after_, most});
  });
  if (!rows.ok()) return rows.status();
  for (const db::Row& row : *rows) {
    if (stopping()) return true;
    Event event;
    if (event.ParseFromString(row.Text(1))) {
      const absl::Status status = TryParkedEvent(event);
      if (status.ok()) count_due_ = absl::InfinitePast();
      // What still cannot be applied stays parked.
      if (!status.ok() && IsTransient(status)) return status;
    }
    parked_after_ = row.Int(0);
  }
  return static_cast<int64_t>(rows->size()) == most;
}

absl::Status Consumer::TryParkedEvent(const Event& event) {
  return db::RunTransaction(pool_, {.deadline = absl::Now() + kTimeout, .repeatable = true},
                            [&](db::Transaction& transaction) {
                              const auto taken = transaction.Execute(kUnpark, {options_.name, event.cursor()});
                              // Another replica was quicker.
                              if (!taken.ok() || *taken == 0) return taken.status();
                              return apply_(transaction, {&event, 1});
                            });
}

absl::Status Consumer::MoveCursor(db::Transaction& transaction, int64_t to) const {
  const auto moved = transaction.Execute(kMove, {to, options_.name, cursor()});
  if (!moved.ok()) return moved.status();
  return *moved == 1 ? absl::OkStatus() : Overtaken();
}

void Consumer::Moved(const Event& last, size_t events) {
  {
    absl::MutexLock lock(&mutex_);
    cursor_ = last.cursor();
  }
  if (observer_ != nullptr) observer_->Applied(static_cast<int>(events), last.cursor(), RecordTime(last));
}

}  // namespace wenming::outbox
