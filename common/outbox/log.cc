#include "common/outbox/log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::outbox {
namespace {

constexpr char kRead[] =
    "SELECT event_cursor, center_id, event_key, payload_type, payload, record_time"
    " FROM events WHERE event_cursor > ? ORDER BY event_cursor LIMIT ?";
constexpr char kTypePrefix[] = "type.googleapis.com/";

events::v1::Event MakeEvent(db::Row& row) {
  events::v1::Event event;
  event.set_cursor(row.Int(0));
  event.set_center_id(row.Id(1));
  event.set_key(row.TakeText(2));
  event.mutable_payload()->set_type_url(kTypePrefix + row.Text(3));
  event.mutable_payload()->set_value(row.TakeText(4));
  *event.mutable_record_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row.Int(5));
  return event;
}

}  // namespace

absl::StatusOr<Batch> Log::Read(int64_t after, int limit, const std::vector<std::string>& types,
                                absl::Time deadline) const {
  absl::StatusOr<db::Rows> rows = db::Read(pool_, deadline, [&](db::Session& session) {
    return session.Query(kRead, {after, limit});
  });
  if (!rows.ok()) return rows.status();
  Batch batch{.events = {}, .read_to = after};
  for (db::Row& row : *rows) {
    batch.read_to = row.Int(0);
    if (types.empty() || std::find(types.begin(), types.end(), row.Text(3)) != types.end()) {
      batch.events.push_back(MakeEvent(row));
    }
  }
  return batch;
}

bool Log::WaitBeyond(int64_t after, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  const auto news = [this, after] {
    mutex_.AssertReaderHeld();
    return head_ > after || closed_;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&news), timeout);
  return head_ > after && !closed_;
}

std::optional<int64_t> Log::Head(absl::Duration age) const {
  absl::MutexLock lock(&mutex_);
  if (absl::Now() - look_time_ > age) return std::nullopt;
  return head_;
}

void Log::Advance(int64_t head) {
  absl::MutexLock lock(&mutex_);
  head_ = head;
  look_time_ = absl::Now();
}

void Log::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

bool Log::closed() const {
  absl::MutexLock lock(&mutex_);
  return closed_;
}

}  // namespace wenming::outbox
