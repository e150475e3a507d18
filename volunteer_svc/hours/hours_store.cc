#include "volunteer_svc/hours/hours_store.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"

namespace wenming::volunteer {
namespace {

constexpr char kOpenAccount[] =
    "INSERT INTO hour_accounts (center_id, volunteer_id, sequence, balance_minutes, head_hash) VALUES (?, ?, ?, ?, ?)";
constexpr char kFindAccount[] =
    "SELECT sequence, balance_minutes, head_hash FROM hour_accounts WHERE center_id = ? AND volunteer_id = ?";
constexpr char kLockAccount[] =
    "SELECT sequence, balance_minutes, head_hash FROM hour_accounts WHERE center_id = ? AND volunteer_id = ?"
    " FOR UPDATE";
constexpr char kMoveAccount[] =
    "UPDATE hour_accounts SET sequence = ?, balance_minutes = ?, head_hash = ?"
    " WHERE center_id = ? AND volunteer_id = ? AND sequence = ?";
constexpr char kAppend[] =
    "INSERT INTO hour_entries (center_id, volunteer_id, sequence, registration_id, revision, minutes, balance_minutes,"
    " start_time, end_time, activity_id, activity_title, shift_id, unit_id, team_id, place, content,"
    " person_in_charge_id, recorder_id, grade, record_time, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr char kSelect[] =
    "SELECT center_id, volunteer_id, sequence, registration_id, revision, minutes, balance_minutes, start_time,"
    " end_time, activity_id, activity_title, shift_id, unit_id, team_id, place, content, person_in_charge_id,"
    " recorder_id, grade, record_time, hash FROM hour_entries WHERE ";
// Each of these follows kSelect.
constexpr char kLastBefore[] = "center_id = ? AND volunteer_id = ? AND start_time < ? ORDER BY start_time DESC LIMIT 1";
constexpr char kOfRegistration[] = "center_id = ? AND registration_id = ? AND revision = 0";
constexpr char kAfter[] = "center_id = ? AND volunteer_id = ? AND sequence > ? ORDER BY sequence LIMIT ?";
constexpr char kBefore[] = "center_id = ? AND volunteer_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";

constexpr char kFirstStart[] =
    "SELECT start_time FROM hour_entries WHERE center_id = ? AND volunteer_id = ? ORDER BY start_time LIMIT 1";
constexpr char kMinutesByTitle[] =
    "SELECT activity_title, CAST(SUM(minutes) AS SIGNED) AS given FROM hour_entries"
    " WHERE center_id = ? AND volunteer_id = ? AND start_time >= ? AND start_time < ?"
    " GROUP BY activity_title ORDER BY given DESC, activity_title";
constexpr char kStarLevels[] =
    "SELECT center_id, star, minutes FROM star_levels WHERE center_id IN (0, ?) ORDER BY center_id DESC, minutes";

HourAccount ReadAccount(db::Row& row) {
  return {.sequence = row.Int(0), .balance_minutes = row.Int(1), .head_hash = row.TakeText(2)};
}

absl::StatusOr<std::optional<HourAccount>> ReadAccount(absl::StatusOr<std::optional<db::Row>> row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<HourAccount>();
  return std::optional<HourAccount>(ReadAccount(**row));
}

HourEntry ReadEntry(db::Row& row) {
  HourEntry entry;
  entry.center_id = row.Id(0);
  entry.volunteer_id = row.Id(1);
  entry.sequence = row.Int(2);
  entry.registration_id = row.Id(3);
  entry.revision = row.Int(4);
  entry.minutes = row.Int(5);
  entry.balance_minutes = row.Int(6);
  entry.start_time = row.Time(7);
  entry.end_time = row.Time(8);
  entry.activity_id = row.Id(9);
  entry.activity_title = row.TakeText(10);
  entry.shift_id = row.Id(11);
  entry.unit_id = row.Id(12);
  entry.team_id = row.Id(13);
  entry.place = row.TakeText(14);
  entry.content = row.TakeText(15);
  entry.person_in_charge_id = row.Id(16);
  entry.recorder_id = row.Id(17);
  entry.grade = row.Enum<v1::Grade>(18);
  entry.record_time = row.Time(19);
  entry.hash = row.TakeText(20);
  return entry;
}

absl::StatusOr<std::optional<HourEntry>> ReadEntry(absl::StatusOr<std::optional<db::Row>> row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<HourEntry>();
  return std::optional<HourEntry>(ReadEntry(**row));
}

absl::StatusOr<std::vector<HourEntry>> ReadEntries(absl::StatusOr<db::Rows> rows) {
  if (!rows.ok()) return rows.status();
  std::vector<HourEntry> entries;
  entries.reserve(rows->size());
  for (db::Row& row : *rows) entries.push_back(ReadEntry(row));
  return entries;
}

std::string Select(const char* rest) { return absl::StrCat(kSelect, rest); }

}  // namespace

absl::Status HoursStore::OpenAccount(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  const HourAccount account;
  return transaction
      .Execute(kOpenAccount, {center_id, volunteer_id, account.sequence, account.balance_minutes, account.head_hash})
      .status();
}

absl::StatusOr<std::optional<HourAccount>> HoursStore::FindAccount(db::Session& session, uint64_t center_id,
                                                                   uint64_t volunteer_id) {
  return ReadAccount(session.QueryOne(kFindAccount, {center_id, volunteer_id}));
}

absl::StatusOr<std::optional<HourAccount>> HoursStore::LockAccount(db::Transaction& transaction, uint64_t center_id,
                                                                   uint64_t volunteer_id) {
  return ReadAccount(transaction.QueryOne(kLockAccount, {center_id, volunteer_id}));
}

absl::Status HoursStore::Append(db::Transaction& transaction, const HourEntry& entry, const HourAccount& account) {
  const auto inserted = transaction.Execute(kAppend, {entry.center_id,
                                                      entry.volunteer_id,
                                                      entry.sequence,
                                                      entry.registration_id,
                                                      entry.revision,
                                                      entry.minutes,
                                                      entry.balance_minutes,
                                                      entry.start_time,
                                                      entry.end_time,
                                                      entry.activity_id,
                                                      entry.activity_title,
                                                      entry.shift_id,
                                                      entry.unit_id,
                                                      entry.team_id,
                                                      entry.place,
                                                      entry.content,
                                                      entry.person_in_charge_id,
                                                      entry.recorder_id,
                                                      entry.grade,
                                                      entry.record_time,
                                                      entry.hash});
  if (!inserted.ok()) return inserted.status();
  const auto moved = transaction.Execute(kMoveAccount, {account.sequence, account.balance_minutes, account.head_hash,
                                                        entry.center_id, entry.volunteer_id, entry.sequence - 1});
  if (!moved.ok()) return moved.status();
  return *moved == 1 ? absl::OkStatus() : errors::Aborted(type::REASON_CONFLICT);
}

absl::StatusOr<std::optional<HourEntry>> HoursStore::LastBefore(db::Session& session, uint64_t center_id,
                                                                uint64_t volunteer_id, absl::Time time) {
  return ReadEntry(session.QueryOne(Select(kLastBefore), {center_id, volunteer_id, time}));
}

absl::StatusOr<std::optional<HourEntry>> HoursStore::FindRegistration(db::Session& session, uint64_t center_id,
                                                                      uint64_t registration_id) {
  return ReadEntry(session.QueryOne(Select(kOfRegistration), {center_id, registration_id}));
}

absl::StatusOr<std::vector<HourEntry>> HoursStore::After(db::Session& session, uint64_t center_id,
                                                         uint64_t volunteer_id, int64_t sequence, int limit) {
  return ReadEntries(session.Query(Select(kAfter), {center_id, volunteer_id, sequence, limit}));
}

absl::StatusOr<std::vector<HourEntry>> HoursStore::Before(db::Session& session, uint64_t center_id,
                                                          uint64_t volunteer_id, int64_t sequence, int limit) {
  const int64_t before = sequence > 0 ? sequence : std::numeric_limits<int64_t>::max();
  return ReadEntries(session.Query(Select(kBefore), {center_id, volunteer_id, before, limit}));
}

absl::StatusOr<std::optional<absl::Time>> HoursStore::FirstStart(db::Session& session, uint64_t center_id,
                                                                 uint64_t volunteer_id) {
  const auto row = session.QueryOne(kFirstStart, {center_id, volunteer_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<absl::Time>();
  return std::optional<absl::Time>((*row)->Time(0));
}

absl::StatusOr<std::vector<TitleMinutes>> HoursStore::MinutesByTitle(db::Session& session, uint64_t center_id,
                                                                     uint64_t volunteer_id, absl::Time from,
                                                                     absl::Time until) {
  auto rows = session.Query(kMinutesByTitle, {center_id, volunteer_id, from, until});
  if (!rows.ok()) return rows.status();
  std::vector<TitleMinutes> titles;
  for (db::Row& row : *rows) titles.push_back({row.TakeText(0), row.Int(1)});
  return titles;
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
