#include "activity_svc/notices/notices_store.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace wenming::activity {
namespace {

constexpr char kInsert[] =
    "INSERT INTO notices (center_id, volunteer_id, id, kind, source_kind, source_id, activity_id, minutes, outcome,"
    " reason, create_time, read_time, unread) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 1)";
// The page is chosen from the person's own rows; only its activities are read.
constexpr char kColumns[] =
    "SELECT n.id, n.volunteer_id, n.kind, n.source_kind, n.source_id, n.activity_id, n.minutes, n.outcome, n.reason,"
    " n.create_time, n.read_time, a.title FROM (SELECT * FROM notices WHERE center_id = ? AND volunteer_id = ?";
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
          .source = row.Enum<HourSource>(3),
          .source_id = row.Id(4),
          .activity_id = row.Id(5),
          .minutes = static_cast<int>(row.Int(6)),
          .outcome = row.Enum<v1::Appeal::Outcome>(7),
          .reason = row.Text(8),
          .create_time = row.Time(9),
          .read_time = row.OptionalTime(10),
          .activity_title = row.Text(11)};
}

}  // namespace

absl::Status Tell(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Notice n) {
  return transaction
      .Execute(kInsert, {center_id, n.volunteer_id, ids.Next(), n.kind, n.source, n.source_id, n.activity_id, n.minutes,
                         n.outcome, n.reason, n.create_time})
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
