#include "volunteer_svc/hours/hours_store.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "volunteer_svc/hours/hour_rows.h"

namespace wenming::volunteer {
namespace {

constexpr char kOpenAccount[] =
    "INSERT INTO hour_accounts (center_id, volunteer_id, sequence, balance_minutes, supplement_minutes,"
    " latest_end_time, head_hash) VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kAccount[] = " FROM hour_accounts WHERE center_id = ? AND volunteer_id = ?";

// An entry that credits and that no row of credited_times names was reversed.
constexpr char kReversed[] = ", e.revision % 2 = 0 AND COALESCE(t.sequence, 0) <> e.sequence FROM hour_entries e";
constexpr char kWithTime[] =
    " LEFT JOIN credited_times t"
    " ON t.center_id = e.center_id AND t.volunteer_id = e.volunteer_id AND t.start_time = e.start_time"
    " WHERE e.center_id = ? AND e.volunteer_id = ?";
// Each of these follows the above.
constexpr char kAfter[] = " AND e.sequence > ? ORDER BY e.sequence LIMIT ?";
constexpr char kBefore[] = " AND e.sequence < ? ORDER BY e.sequence DESC LIMIT ?";
constexpr char kBeforeOfGrade[] = " AND e.sequence < ? AND e.grade = ? ORDER BY e.sequence DESC LIMIT ?";

constexpr char kFirstStart[] =
    "SELECT start_time FROM credited_times WHERE center_id = ? AND volunteer_id = ? ORDER BY start_time LIMIT 1";
constexpr char kStarLevels[] =
    "SELECT center_id, star, minutes FROM star_levels WHERE center_id IN (0, ?) ORDER BY center_id DESC, minutes";

absl::StatusOr<std::optional<HourAccount>> ReadOne(absl::StatusOr<std::optional<db::Row>> row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<HourAccount>();
  return std::optional<HourAccount>(ReadAccount(**row));
}

absl::StatusOr<std::vector<HourEntry>> ReadEntries(absl::StatusOr<db::Rows> rows) {
  if (!rows.ok()) return rows.status();
  std::vector<HourEntry> entries;
  entries.reserve(rows->size());
  for (db::Row& row : *rows) {
    entries.push_back(ReadEntry(row));
    entries.back().reversed = row.Bool(kEntryColumnCount);
  }
  return entries;
}

std::string Select(const char* rest) { return absl::StrCat("SELECT ", kEntryColumns, kReversed, kWithTime, rest); }

}  // namespace

absl::Status HoursStore::OpenAccount(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  const HourAccount account;
  return transaction
      .Execute(kOpenAccount, {center_id, volunteer_id, account.sequence, account.balance_minutes,
                              account.supplement_minutes, account.latest_end_time, account.head_hash})
      .status();
}

absl::StatusOr<std::optional<HourAccount>> HoursStore::FindAccount(db::Session& session, uint64_t center_id,
                                                                   uint64_t volunteer_id) {
  return ReadOne(session.QueryOne(absl::StrCat("SELECT ", kAccountColumns, kAccount), {center_id, volunteer_id}));
}

absl::StatusOr<std::optional<HourAccount>> HoursStore::LockAccount(db::Transaction& transaction, uint64_t center_id,
                                                                   uint64_t volunteer_id) {
  return ReadOne(transaction.QueryOne(absl::StrCat("SELECT ", kAccountColumns, kAccount, " FOR UPDATE"),
                                      {center_id, volunteer_id}));
}

absl::StatusOr<std::vector<HourEntry>> HoursStore::After(db::Session& session, uint64_t center_id,
                                                         uint64_t volunteer_id, int64_t sequence, int limit) {
  return ReadEntries(session.Query(Select(kAfter), {center_id, volunteer_id, sequence, limit}));
}

absl::StatusOr<std::vector<HourEntry>> HoursStore::Before(db::Session& session, uint64_t center_id,
                                                          uint64_t volunteer_id, int64_t sequence, int limit,
                                                          v1::Grade grade) {
  const int64_t before = sequence > 0 ? sequence : std::numeric_limits<int64_t>::max();
  if (grade != v1::GRADE_UNSPECIFIED) {
    return ReadEntries(session.Query(Select(kBeforeOfGrade), {center_id, volunteer_id, before, grade, limit}));
  }
  return ReadEntries(session.Query(Select(kBefore), {center_id, volunteer_id, before, limit}));
}

absl::StatusOr<std::optional<absl::Time>> HoursStore::FirstStart(db::Session& session, uint64_t center_id,
                                                                 uint64_t volunteer_id) {
  const auto row = session.QueryOne(kFirstStart, {center_id, volunteer_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<absl::Time>();
  return std::optional<absl::Time>((*row)->Time(0));
}

absl::StatusOr<std::vector<StarLevel>> HoursStore::StarLevels(db::Session& session, uint64_t center_id) {
  const auto rows = session.Query(kStarLevels, {center_id});
  if (!rows.ok()) return rows.status();
  std::vector<StarLevel> levels;
  for (const db::Row& row : *rows) {
    if (row.Id(0) != rows->front().Id(0)) break;  // the center has its own: they come before the default ones
    levels.push_back({static_cast<int>(row.Int(1)), row.Int(2)});
  }
  return levels;
}

}  // namespace wenming::volunteer
