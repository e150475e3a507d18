#include "activity_svc/shifts/shifts_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "activity_svc/lists.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "common/db/shapes.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

constexpr char kLoad[] =
    "SELECT id, activity_id, post, start_time, end_time, capacity, waitlist_capacity, break_minutes, taken_count,"
    " waitlisted_count, waitlist_last_position, accepting, state, publication_end_time, create_time,"
    " team_ids, skills"
    " FROM shifts WHERE center_id = ? AND id = ? AND delete_time IS NULL";
constexpr char kLock[] =
    "SELECT id, activity_id, post, start_time, end_time, capacity, waitlist_capacity, break_minutes, taken_count,"
    " waitlisted_count, waitlist_last_position, accepting, state, publication_end_time, create_time,"
    " team_ids, skills"
    " FROM shifts WHERE center_id = ? AND id = ? AND delete_time IS NULL FOR UPDATE";
constexpr char kLoadAll[] =
    "SELECT id, activity_id, post, start_time, end_time, capacity, waitlist_capacity, break_minutes, taken_count,"
    " waitlisted_count, waitlist_last_position, accepting, state, publication_end_time, create_time,"
    " team_ids, skills"
    " FROM shifts WHERE center_id = ? AND delete_time IS NULL AND id IN ";
constexpr char kLockInOrder[] = " ORDER BY id FOR UPDATE";
constexpr char kList[] =
    "SELECT id, activity_id, post, start_time, end_time, capacity, waitlist_capacity, break_minutes, taken_count,"
    " waitlisted_count, waitlist_last_position, accepting, state, publication_end_time, create_time,"
    " team_ids, skills"
    " FROM shifts WHERE center_id = ? AND activity_id = ? AND start_time >= ? AND (start_time > ? OR id > ?)"
    " AND delete_time IS NULL ORDER BY start_time, id LIMIT ?";
constexpr char kInsert[] =
    "INSERT INTO shifts (center_id, id, activity_id, post, start_time, end_time, capacity, waitlist_capacity,"
    " break_minutes, taken_count, waitlisted_count, waitlist_last_position, accepting, state, create_time, update_time,"
    " team_ids, skills) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?, ?, ?, ?)";
constexpr char kRemove[] =
    "UPDATE shifts SET delete_time = ?, update_time = ? WHERE center_id = ? AND id = ? AND delete_time IS NULL";
constexpr char kTakePlaces[] =
    "UPDATE shifts SET taken_count = taken_count + ?, waitlisted_count = waitlisted_count + ?,"
    " waitlist_last_position = waitlist_last_position + ?, update_time = ? WHERE center_id = ?"
    " AND taken_count + ? <= capacity AND waitlisted_count + ? <= waitlist_capacity AND accepting = 1 AND state = ?"
    " AND id IN ";
constexpr char kSaveCounters[] =
    "UPDATE shifts SET taken_count = ?, waitlisted_count = ?, waitlist_last_position = ?, update_time = ?"
    " WHERE center_id = ? AND id = ?";
constexpr char kSaveState[] =
    "UPDATE shifts SET state = ?, publication_end_time = ?, accepting = 0, end_due_time = NULL, update_time = ?"
    " WHERE center_id = ? AND id = ?";
constexpr char kCount[] =
    "SELECT COUNT(*), CAST(COALESCE(SUM(taken_count + waitlisted_count), 0) AS SIGNED),"
    " COUNT(CASE WHEN state NOT IN (?, ?) THEN 1 END)"
    " FROM shifts WHERE center_id = ? AND activity_id = ? AND delete_time IS NULL";
constexpr char kFirstStart[] =
    "SELECT MIN(start_time) FROM shifts WHERE center_id = ? AND activity_id = ? AND state <> ? AND delete_time IS NULL";
constexpr char kSetAccepting[] =
    "UPDATE shifts SET accepting = ?, end_due_time = CASE WHEN ? = 1 THEN end_time + ? ELSE NULL END, update_time = ?"
    " WHERE center_id = ? AND activity_id = ? AND state = ? AND delete_time IS NULL";
constexpr char kCancel[] =
    "UPDATE shifts SET state = ?, accepting = 0, end_due_time = NULL, taken_count = 0, waitlisted_count = 0,"
    " update_time = ? WHERE center_id = ? AND activity_id = ? AND state = ? AND start_time > ? AND delete_time IS NULL";
constexpr char kDue[] =
    "SELECT center_id, id, end_due_time FROM shifts WHERE end_due_time IS NOT NULL ORDER BY end_due_time LIMIT ?";

Shift FromRow(const db::Row& row) {
  const auto number = [&row](size_t column) { return static_cast<int>(row.Int(column)); };
  return Shift{.id = row.Id(0),
               .activity_id = row.Id(1),
               .post = row.Text(2),
               .start_time = row.Time(3),
               .end_time = row.Time(4),
               .capacity = number(5),
               .waitlist_capacity = number(6),
               .break_minutes = number(7),
               .taken_count = number(8),
               .waitlisted_count = number(9),
               .waitlist_last_position = row.Int(10),
               .accepting = row.Bool(11),
               .state = row.Enum<ShiftState>(12),
               .publication_end_time = row.OptionalTime(13),
               .create_time = row.Time(14),
               .team_ids = SplitIds(row.Text(15)),
               .skills = SplitLines(row.Text(16))};
}

absl::StatusOr<Shift> LoadOne(db::Session& session, std::string_view sql, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(sql, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("shifts", id));
  return FromRow(**row);
}

absl::StatusOr<Shifts> LoadAll(db::Session& session, uint64_t center_id, std::span<const uint64_t> ids,
                               const char* ending) {
  Shifts shifts;
  if (ids.empty()) return shifts;
  std::vector<db::Value> values = {center_id};
  db::AppendInList(values, ids);
  const auto rows = session.Query(absl::StrCat(kLoadAll, db::InList(ids.size()), ending), values);
  if (!rows.ok()) return rows.status();
  for (const db::Row& row : *rows) shifts.emplace(row.Id(0), FromRow(row));
  return shifts;
}

}  // namespace

absl::StatusOr<Shift> LoadShift(db::Session& session, uint64_t center_id, uint64_t id) {
  return LoadOne(session, kLoad, center_id, id);
}

absl::StatusOr<Shift> LockShift(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  return LoadOne(transaction, kLock, center_id, id);
}

absl::StatusOr<Shifts> LoadShifts(db::Session& session, uint64_t center_id, std::span<const uint64_t> ids) {
  return LoadAll(session, center_id, ids, "");
}

absl::StatusOr<Shifts> LockShifts(db::Transaction& transaction, uint64_t center_id, std::span<const uint64_t> ids) {
  return LoadAll(transaction, center_id, ids, kLockInOrder);
}

absl::Status InsertShift(db::Transaction& transaction, uint64_t center_id, const Shift& s) {
  return transaction
      .Execute(kInsert,
               {center_id, s.id, s.activity_id, s.post, s.start_time, s.end_time, s.capacity, s.waitlist_capacity,
                s.break_minutes, s.state, s.create_time, s.create_time, JoinIds(s.team_ids), JoinLines(s.skills)})
      .status();
}

absl::Status RemoveShift(db::Transaction& transaction, uint64_t center_id, uint64_t id, absl::Time now) {
  return transaction.Execute(kRemove, {now, now, center_id, id}).status();
}

absl::StatusOr<std::vector<Shift>> ListShifts(db::Session& session, uint64_t center_id, uint64_t activity_id,
                                              int64_t after_start_micros, uint64_t after_id, int limit) {
  const auto rows =
      session.Query(kList, {center_id, activity_id, after_start_micros, after_start_micros, after_id, limit});
  if (!rows.ok()) return rows.status();
  std::vector<Shift> shifts;
  shifts.reserve(rows->size());
  for (const db::Row& row : *rows) shifts.push_back(FromRow(row));
  return shifts;
}

absl::Status TakePlaces(db::Transaction& transaction, uint64_t center_id, std::span<const uint64_t> ids,
                        const Taking& taking, absl::Time now) {
  std::vector<db::Value> values = {taking.places, taking.waiting, taking.waiting, now,
                                   center_id,     taking.places,  taking.waiting, v1::Shift::STATE_OPEN};
  db::AppendInList(values, ids);
  const auto taken = transaction.Execute(kTakePlaces + db::InList(ids.size()), values);
  if (!taken.ok()) return taken.status();
  if (*taken != static_cast<int64_t>(ids.size())) return errors::Aborted(type::REASON_CONFLICT);
  return absl::OkStatus();
}

absl::Status SaveCounters(db::Transaction& transaction, uint64_t center_id, const Shift& shift, absl::Time now) {
  return transaction
      .Execute(kSaveCounters,
               {shift.taken_count, shift.waitlisted_count, shift.waitlist_last_position, now, center_id, shift.id})
      .status();
}

absl::Status SaveState(db::Transaction& transaction, uint64_t center_id, const Shift& shift, absl::Time now) {
  return transaction.Execute(kSaveState, {shift.state, shift.publication_end_time, now, center_id, shift.id}).status();
}

absl::StatusOr<ShiftTotals> CountShifts(db::Session& session, uint64_t center_id, uint64_t activity_id) {
  const auto row =
      session.QueryOne(kCount, {v1::Shift::STATE_SETTLED, v1::Shift::STATE_CANCELLED, center_id, activity_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return ShiftTotals();
  return ShiftTotals{.shifts = (*row)->Int(0), .sign_ups = (*row)->Int(1), .unsettled = (*row)->Int(2)};
}

absl::StatusOr<std::optional<absl::Time>> FirstStart(db::Session& session, uint64_t center_id, uint64_t activity_id) {
  const auto row = session.QueryOne(kFirstStart, {center_id, activity_id, v1::Shift::STATE_CANCELLED});
  if (!row.ok()) return row.status();
  return (*row)->OptionalTime(0);
}

absl::Status SetAccepting(db::Transaction& transaction, uint64_t center_id, uint64_t activity_id, bool accepting,
                          bool watched, absl::Time now) {
  return transaction
      .Execute(kSetAccepting, {accepting, watched, absl::ToInt64Microseconds(kEndsByItselfAfter), now, center_id,
                               activity_id, v1::Shift::STATE_OPEN})
      .status();
}

absl::Status CancelShifts(db::Transaction& transaction, uint64_t center_id, uint64_t activity_id, absl::Time after,
                          absl::Time now) {
  return transaction
      .Execute(kCancel, {v1::Shift::STATE_CANCELLED, now, center_id, activity_id, v1::Shift::STATE_OPEN, after})
      .status();
}

absl::StatusOr<std::vector<DueShift>> ListDueShifts(db::Session& session, int limit) {
  const auto rows = session.Query(kDue, {limit});
  if (!rows.ok()) return rows.status();
  std::vector<DueShift> due;
  for (const db::Row& row : *rows) due.push_back({row.Id(0), row.Id(1), row.Time(2)});
  return due;
}

}  // namespace wenming::activity
