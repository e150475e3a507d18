#include "common/audit/verify.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace wenming::audit {
namespace {

constexpr int kPage = 1000;
constexpr char kRecords[] =
    "SELECT sequence, hash, id, center_id, record_time, subject, session_id, address, method, object, result, details,"
    " request_id, seal FROM audit_records WHERE sequence > ? ORDER BY sequence LIMIT ?";
constexpr char kPending[] =
    "SELECT id, center_id, record_time, subject, session_id, address, method, object, result, details, request_id, seal"
    " FROM audit_pending WHERE id > ? ORDER BY id LIMIT ?";

constexpr int kLooked = 10;
constexpr char kLast[] =
    "SELECT id, center_id, record_time, subject, session_id, address, method, object, result, details, request_id, seal"
    " FROM audit_records ORDER BY sequence DESC LIMIT ?";

// The copy of a record has its center and its time, too; few records have the same.
constexpr char kSeenBefore[] =
    "SELECT COUNT(*) FROM audit_records WHERE center_id = ? AND record_time = ? AND id = ? AND sequence <= ?";

// The ids of the records that were seen last. Ids grow with time and records are chained about in their order, so that
// hardly any needs a look at the table.
class RecentIds {
 public:
  enum class Answer { kNew, kSeen, kUnknown };

  explicit RecentIds(size_t window) : window_(window) {}

  Answer Look(uint64_t id) const {
    if (ids_.contains(id)) return Answer::kSeen;
    return id > highest_gone_ ? Answer::kNew : Answer::kUnknown;
  }
  void Add(uint64_t id) {
    ids_.insert(id);
    order_.push_back(id);
    if (order_.size() <= window_) return;
    highest_gone_ = std::max(highest_gone_, order_.front());
    ids_.erase(order_.front());
    order_.pop_front();
  }

 private:
  const size_t window_;
  std::deque<uint64_t> order_;
  absl::flat_hash_set<uint64_t> ids_;
  uint64_t highest_gone_ = 0;
};

class Verifier {
 public:
  Verifier(db::Session& session, const ChainKey& key, std::span<const Head> heads, size_t window)
      : session_(session), key_(key), ids_(window) {
    for (const Head& head : heads) {
      const auto [known, added] = exported_.try_emplace(head.sequence, head.hash);
      if (!added && known->second != head.hash) known->second = "contradictory";
    }
  }

  absl::StatusOr<Report> Run() {
    for (absl::Status status; !report_.fault;) {
      if (status = WalkRecords(); !status.ok()) return status;
      if (report_.fault) break;
      // Read after the records, so that it tells of all of them at least.
      const auto head = LoadHead(session_);
      if (!head.ok()) return head.status();
      // A service may have gone on meanwhile; a head that promises more than can be read the next time was left alone.
      if (head->sequence > reached_.sequence && head->sequence != promised_) {
        promised_ = head->sequence;
        continue;
      }
      CheckEnd(*head);
      if (report_.fault) break;
      if (status = WalkPending(); !status.ok()) return status;
      break;
    }
    return report_;
  }

 private:
  void Find(int64_t sequence, std::string what) { report_.fault = Fault{sequence, std::move(what)}; }

  absl::Status WalkRecords() {
    for (bool more = true; more && !report_.fault;) {
      auto rows = session_.Query(kRecords, {after_, kPage});
      if (!rows.ok()) return rows.status();
      for (db::Row& row : *rows) {
        ChainedRecord next{.sequence = row.Int(0), .record = {}, .hash = row.TakeText(1)};
        next.record = TakeRecord(row, 2);
        if (absl::Status checked = Check(next); !checked.ok()) return checked;
        if (report_.fault) break;
        after_ = next.sequence;
        reached_ = {next.sequence, std::move(next.hash)};
        ++report_.records;
      }
      more = rows->size() == kPage;
    }
    return absl::OkStatus();
  }

  absl::Status Check(const ChainedRecord& next) {
    CheckPlace(next);
    if (report_.fault) return absl::OkStatus();
    const auto seen = Seen(next.record);
    if (!seen.ok()) return seen.status();
    if (*seen) Find(next.sequence, "inserted: it is there twice");
    ids_.Add(next.record.id);
    return absl::OkStatus();
  }

  void CheckPlace(const ChainedRecord& next) {
    if (next.sequence <= reached_.sequence) return Find(next.sequence, "inserted");
    if (next.sequence > reached_.sequence + 1) return Find(reached_.sequence + 1, "removed");
    const bool genuine = next.record.seal == SealOf(key_.key, next.record);
    if (next.hash != ChainHash(key_.key, key_.service, reached_, next.record)) {
      return Find(next.sequence, genuine ? "out of place, or its hash altered" : "altered or inserted");
    }
    if (!genuine) return Find(next.sequence, "altered or inserted before it was chained");
    const auto exported = exported_.find(next.sequence);
    if (exported != exported_.end() && exported->second != next.hash) {
      Find(next.sequence, "other than when the head was exported");
    }
  }

  // Whether the genuine record stands in the chain up to where the walk has come.
  absl::StatusOr<bool> Seen(const Record& record) {
    const RecentIds::Answer answer = ids_.Look(record.id);
    if (answer != RecentIds::Answer::kUnknown) return answer == RecentIds::Answer::kSeen;
    const auto row = session_.QueryOne(kSeenBefore, {record.center_id, record.time, record.id, reached_.sequence});
    if (!row.ok()) return row.status();
    return (*row)->Int(0) > 0;
  }

  void CheckEnd(const Head& head) {
    const int64_t next = reached_.sequence + 1;
    if (head.sequence > reached_.sequence) return Find(next, "removed");
    if (head.sequence < reached_.sequence)
      return Find(head.sequence + 1, "inserted beyond the head, or the head altered");
    if (head.hash != reached_.hash) return Find(next, "head altered");
    if (!exported_.empty() && exported_.rbegin()->first > reached_.sequence) {
      Find(next, "removed: an exported head tells of more");
    }
  }

  // After the records: what was chained meanwhile is in neither, and harms nothing.
  absl::Status WalkPending() {
    uint64_t after = 0;
    for (bool more = true; more;) {
      auto rows = session_.Query(kPending, {after, kPage});
      if (!rows.ok()) return rows.status();
      for (db::Row& row : *rows) {
        const Record record = TakeRecord(row, 0);
        after = record.id;
        if (record.seal != SealOf(key_.key, record)) {
          Find(reached_.sequence + 1, "altered or inserted while pending");
          return absl::OkStatus();
        }
        const auto seen = Seen(record);
        if (!seen.ok()) return seen.status();
        if (*seen) {
          Find(reached_.sequence + 1, "inserted while pending: it is there twice");
          return absl::OkStatus();
        }
        ++report_.pending;
      }
      more = rows->size() == kPage;
    }
    return absl::OkStatus();
  }

  db::Session& session_;
  const ChainKey& key_;
  std::map<int64_t, std::string> exported_;  // sequence, hash
  // From below the first place on, so that a row put before the first record is found too.
  int64_t after_ = std::numeric_limits<int64_t>::min();
  Head reached_;
  int64_t promised_ = 0;
  RecentIds ids_;
  Report report_;
};

}  // namespace

absl::StatusOr<Report> Verify(db::Session& session, const ChainKey& key, std::span<const Head> heads, size_t window) {
  return Verifier(session, key, heads, window).Run();
}

absl::Status CheckKey(db::Session& session, const ChainKey& key) {
  auto rows = session.Query(kLast, {kLooked});
  if (!rows.ok()) return rows.status();
  const bool known = rows->empty() || std::ranges::any_of(*rows, [&key](db::Row& row) {
                       const Record record = TakeRecord(row, 0);
                       return record.seal == SealOf(key.key, record);
                     });
  if (known) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("audit.key is not the one this audit log was written with: it has sealed none of the last ",
                   rows->size(), " records; put the right file back, from its own backup"));
}

}  // namespace wenming::audit
