#include "common/audit/chain.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/transaction.h"

namespace wenming::audit {
namespace {

constexpr char kAny[] = "SELECT EXISTS (SELECT 1 FROM audit_pending LIMIT 1)";
constexpr char kHead[] = "SELECT sequence, hash FROM audit_heads WHERE chain = 1";
constexpr char kLock[] = "SELECT sequence, hash FROM audit_heads WHERE chain = 1 FOR UPDATE";
constexpr char kAdvance[] = "UPDATE audit_heads SET sequence = ?, hash = ? WHERE chain = 1";
constexpr char kPending[] =
    "SELECT id, center_id, record_time, subject, session_id, address, method, object, result, details, request_id, seal"
    " FROM audit_pending ORDER BY id LIMIT ?";
constexpr char kInsert[] =
    "INSERT INTO audit_records (sequence, id, center_id, record_time, subject, session_id, address, method, object,"
    " result, details, request_id, seal, hash) VALUES ";
constexpr char kDelete[] = "DELETE FROM audit_pending WHERE id IN (";

// Rows are moved in groups of these sizes, so that few shapes of statements are prepared.
constexpr size_t kGroups[] = {64, 16, 4, 1};
constexpr absl::Duration kTurnTimeout = absl::Seconds(10);
constexpr absl::Duration kFailurePause = absl::Milliseconds(500);

absl::StatusOr<Head> HeadOf(absl::StatusOr<std::optional<db::Row>> row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::InternalError("audit_heads is empty");
  return Head{.sequence = (*row)->Int(0), .hash = (*row)->TakeText(1)};
}

// Appends the records of the rows to the chain that ends at `head`.
absl::Status MoveGroup(db::Transaction& transaction, const ChainKey& key, std::span<db::Row> rows, Head& head) {
  std::vector<db::Value> records;
  std::vector<db::Value> moved;
  records.reserve((kRecordColumns + 2) * rows.size());
  moved.reserve(rows.size());
  for (db::Row& row : rows) {
    Record record = TakeRecord(row, 0);
    head.hash = ChainHash(key.key, key.service, head, record);
    ++head.sequence;
    moved.emplace_back(record.id);
    records.emplace_back(head.sequence);
    AppendValues(records, std::move(record));
    records.emplace_back(head.hash);
  }
  const auto inserted = transaction.Execute(kInsert + db::PlaceholderRows(rows.size(), kRecordColumns + 2), records);
  if (!inserted.ok()) return inserted.status();
  return transaction.Execute(kDelete + db::Placeholders(rows.size()) + ")", moved).status();
}

absl::StatusOr<int> Move(db::Transaction& transaction, const ChainKey& key, int batch) {
  auto head = HeadOf(transaction.QueryOne(kLock));
  if (!head.ok()) return head.status();
  auto rows = transaction.Query(kPending, {batch});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return 0;
  for (std::span<db::Row> rest(*rows); !rest.empty();) {
    const size_t size =
        *std::find_if(std::begin(kGroups), std::end(kGroups), [&](size_t n) { return n <= rest.size(); });
    if (auto status = MoveGroup(transaction, key, rest.first(size), *head); !status.ok()) return status;
    rest = rest.subspan(size);
  }
  if (auto advanced = transaction.Execute(kAdvance, {head->sequence, head->hash}); !advanced.ok()) {
    return advanced.status();
  }
  return static_cast<int>(rows->size());
}

}  // namespace

absl::StatusOr<Head> LoadHead(db::Session& session) { return HeadOf(session.QueryOne(kHead)); }

absl::StatusOr<int> ChainOnce(db::Pool& pool, const ChainKey& key, int batch, absl::Time deadline) {
  // Most turns find nothing, and must not queue for the lock to learn that.
  const auto any = db::Read(pool, deadline, [](db::Session& session) { return session.QueryOne(kAny); });
  if (!any.ok()) return any.status();
  if (!(*any)->Bool(0)) return 0;
  return db::RunTransaction(pool, {.deadline = deadline, .repeatable = true},
                            [&](db::Transaction& transaction) { return Move(transaction, key, batch); });
}

Chainer::Chainer(db::Pool& pool, ChainKey key, ChainerOptions options, ChainerObserver* observer)
    : pool_(pool), key_(std::move(key)), options_(options), observer_(observer), thread_([this] { Loop(); }) {}

Chainer::~Chainer() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

bool Chainer::Wait(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stop_), pause);
}

void Chainer::Loop() {
  absl::Duration pause = absl::ZeroDuration();
  bool stop = false;
  bool more = false;
  do {
    stop = !Wait(pause);
    more = false;
    const absl::StatusOr<int> turn = ChainOnce(pool_, key_, options_.batch, absl::Now() + kTurnTimeout);
    if (!turn.ok()) {
      pause = kFailurePause;
      if (observer_ != nullptr) observer_->Failed(turn.status());
      continue;
    }
    more = *turn == options_.batch;
    pause = more ? absl::ZeroDuration() : options_.poll;
    if (observer_ != nullptr && *turn > 0) observer_->Chained(*turn);
  } while (!stop || more);
}

}  // namespace wenming::audit
