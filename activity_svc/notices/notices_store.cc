#include "activity_svc/notices/notices_store.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/db/shapes.h"

namespace wenming::activity {
namespace {

constexpr char kInsert[] =
    "INSERT INTO notices (center_id, volunteer_id, id, kind, source_kind, source_id, activity_id, minutes, outcome,"
    " reason, create_time, unread, shift_start_time, due_time) ";
constexpr char kValues[] = "VALUES ";
constexpr char kRow[] = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)";
constexpr size_t kInsertColumns = 13;
constexpr char kOfRegistrations[] =
    "SELECT r.center_id, r.volunteer_id, ?, ?, ?, r.id, r.activity_id, 0, 0, ?, ?, 1, r.start_time, ?"
    " FROM registrations r WHERE ";
constexpr char kOfHandover[] =
    "SELECT r.center_id, ?, ?, ?, ?, h.id, r.activity_id, 0, 0, ?, ?, 1, r.start_time, ? FROM handovers h"
    " JOIN registrations r ON r.center_id = h.center_id AND r.id = h.registration_id"
    " JOIN volunteers v ON v.center_id = h.center_id AND v.id = ? AND v.active = 1"
    " WHERE h.center_id = ? AND h.id = ?";
// The page is chosen from the person's own rows; only its activities are read.
constexpr char kColumns[] =
    "SELECT n.id, n.volunteer_id, n.kind, n.source_kind, n.source_id, n.activity_id, n.minutes, n.outcome, n.reason,"
    " n.create_time, n.read_time, n.shift_start_time, n.due_time, a.title FROM (SELECT * FROM notices WHERE center_id "
    "= ? AND volunteer_id = ?";
constexpr char kUnread[] = " AND unread = 1";
constexpr char kPage[] =
    " AND id < ? ORDER BY id DESC LIMIT ?) n LEFT JOIN activities a ON a.center_id = n.center_id AND a.id ="
    " n.activity_id ORDER BY n.id DESC";
constexpr char kCount[] =
    "SELECT COUNT(*) FROM (SELECT id FROM notices WHERE center_id = ? AND volunteer_id = ? AND unread = 1 LIMIT ?) n";
constexpr char kMark[] =
    "UPDATE notices SET unread = NULL, read_time = ? WHERE center_id = ? AND volunteer_id = ? AND unread = 1 AND id <= "
    "?";
constexpr char kErase[] = "DELETE FROM notices WHERE center_id = ? AND volunteer_id = ?";

Notice FromRow(const db::Row& row) {
  return {.id = row.Id(0),
          .volunteer_id = row.Id(1),
          .kind = row.Enum<NoticeKind>(2),
          .source = row.Enum<NoticeSource>(3),
          .source_id = row.Id(4),
          .activity_id = row.Id(5),
          .minutes = static_cast<int>(row.Int(6)),
          .outcome = row.Enum<v1::Appeal::Outcome>(7),
          .reason = row.Text(8),
          .create_time = row.Time(9),
          .read_time = row.OptionalTime(10),
          .shift_start_time = row.OptionalTime(11),
          .due_time = row.OptionalTime(12),
          .activity_title = row.Text(13)};
}

}  // namespace

absl::Status Tell(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                  std::span<const Notice> notices) {
  std::vector<db::Value> values;
  values.reserve(notices.size() * kInsertColumns);
  for (const Notice& n : notices) {
    values.insert(values.end(), {center_id, n.volunteer_id, ids.Next(), n.kind, n.source, n.source_id, n.activity_id,
                                 n.minutes, n.outcome, n.reason, n.create_time, n.shift_start_time, n.due_time});
  }
  return db::InsertRows(transaction, absl::StrCat(kInsert, kValues), kRow, kInsertColumns, values);
}

absl::Status TellOfRegistrations(db::Transaction& transaction, const Notice& n, std::string_view condition,
                                 std::span<const db::Value> values) {
  std::vector<db::Value> all = {n.id, n.kind, NoticeSource::kRegistration, n.reason, n.create_time, n.due_time};
  all.insert(all.end(), values.begin(), values.end());
  const absl::string_view where(condition.data(), condition.size());
  return transaction.Execute(absl::StrCat(kInsert, kOfRegistrations, where), all).status();
}

absl::Status TellOfHandover(db::Transaction& transaction, uint64_t center_id, uint64_t handover_id, const Notice& n) {
  return transaction
      .Execute(absl::StrCat(kInsert, kOfHandover), {n.volunteer_id, n.id, n.kind, NoticeSource::kHandover, n.reason,
                                                    n.create_time, n.due_time, n.volunteer_id, center_id, handover_id})
      .status();
}

absl::StatusOr<std::vector<Notice>> ListNotices(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                bool unread_only, uint64_t before, int limit) {
  const auto rows = session.Query(absl::StrCat(kColumns, unread_only ? kUnread : "", kPage),
                                  {center_id, volunteer_id, before, limit});
  if (!rows.ok()) return rows.status();
  std::vector<Notice> notices;
  for (const db::Row& row : *rows) notices.push_back(FromRow(row));
  return notices;
}

absl::StatusOr<int> CountUnread(db::Session& session, uint64_t center_id, uint64_t volunteer_id) {
  const auto row = session.QueryOne(kCount, {center_id, volunteer_id, kMostCounted});
  if (!row.ok()) return row.status();
  return static_cast<int>((*row)->Int(0));
}

absl::Status MarkRead(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id, uint64_t last,
                      absl::Time now) {
  return transaction.Execute(kMark, {now, center_id, volunteer_id, last}).status();
}

absl::Status EraseNotices(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  return transaction.Execute(kErase, {center_id, volunteer_id}).status();
}

}  // namespace wenming::activity
