#include "activity_svc/settlements/settlements_store.h"

#include <utility>

namespace wenming::activity {
namespace {

constexpr char kInsertStep[] =
    "INSERT INTO settlement_steps (center_id, shift_id, kind, actor, step_time, late) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kSteps[] =
    "SELECT kind, actor, step_time, late FROM settlement_steps WHERE center_id = ? AND shift_id = ? ORDER BY kind";
constexpr char kInsertEntry[] =
    "INSERT INTO hour_entries (center_id, source_id, revision, volunteer_id, start_time, end_time, minutes, grade,"
    " recorder_id, reason, entry_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kLastEntry[] =
    "SELECT source_id, revision, volunteer_id, start_time, end_time, minutes, grade, recorder_id, reason, entry_time"
    " FROM hour_entries WHERE center_id = ? AND source_id = ? ORDER BY revision DESC LIMIT 1";
constexpr char kEntries[] =
    "SELECT source_id, revision, volunteer_id, start_time, end_time, minutes, grade, recorder_id, reason, entry_time"
    " FROM hour_entries WHERE center_id = ? AND source_id = ? AND revision > ? ORDER BY revision LIMIT ?";
constexpr char kOfRegistrations[] =
    "SELECT e.source_id, e.revision, e.volunteer_id, e.start_time, e.end_time, e.minutes, e.grade, e.recorder_id,"
    " e.reason, e.entry_time FROM registrations r JOIN hour_entries e ON e.center_id = r.center_id AND e.source_id = "
    "r.id"
    " WHERE r.center_id = ? AND r.volunteer_id = ? AND r.id BETWEEN ? AND ? ORDER BY e.source_id, e.revision";
constexpr char kOfSupplements[] =
    "SELECT e.source_id, e.revision, e.volunteer_id, e.start_time, e.end_time, e.minutes, e.grade, e.recorder_id,"
    " e.reason, e.entry_time FROM supplements s JOIN hour_entries e ON e.center_id = s.center_id AND e.source_id = s.id"
    " WHERE s.center_id = ? AND s.volunteer_id = ? AND s.id BETWEEN ? AND ? ORDER BY e.source_id, e.revision";
constexpr char kCredited[] =
    "SELECT e.source_id, e.revision, e.volunteer_id, e.start_time, e.end_time, e.minutes, e.grade, e.recorder_id,"
    " e.reason, e.entry_time FROM hour_entries e LEFT JOIN hour_entries taken ON taken.center_id = e.center_id"
    " AND taken.source_id = e.source_id AND taken.revision = e.revision + 1"
    " WHERE e.center_id = ? AND e.volunteer_id = ? AND e.end_time > ? AND e.start_time < ? AND e.revision % 2 = 0"
    " AND taken.source_id IS NULL ORDER BY e.end_time LIMIT 1";
constexpr char kTookPart[] =
    "SELECT 1 FROM settlement_steps WHERE center_id = ? AND shift_id = ? AND actor = ?"
    " UNION SELECT 1 FROM attendance_corrections WHERE center_id = ? AND registration_id = ? AND actor = ?"
    " UNION SELECT 1 FROM appeal_moves WHERE center_id = ? AND registration_id = ? AND actor = ?"
    " UNION SELECT 1 FROM hour_entries WHERE center_id = ? AND source_id = ? AND recorder_id = ?";

HourEntry FromRow(const db::Row& row) {
  return {.source_id = row.Id(0),
          .revision = static_cast<int>(row.Int(1)),
          .volunteer_id = row.Id(2),
          .start_time = row.Time(3),
          .end_time = row.Time(4),
          .minutes = static_cast<int>(row.Int(5)),
          .grade = row.Enum<Grade>(6),
          .recorder_id = row.Id(7),
          .reason = row.Text(8),
          .entry_time = row.Time(9)};
}

absl::StatusOr<std::optional<HourEntry>> EntryIn(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<HourEntry>();
  return std::optional<HourEntry>(FromRow(**row));
}

}  // namespace

absl::Status InsertStep(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                        const SettlementStep& step) {
  return transaction.Execute(kInsertStep, {center_id, shift_id, step.kind, step.actor, step.time, step.late}).status();
}

absl::StatusOr<std::vector<SettlementStep>> ListSteps(db::Session& session, uint64_t center_id, uint64_t shift_id) {
  const auto rows = session.Query(kSteps, {center_id, shift_id});
  if (!rows.ok()) return rows.status();
  std::vector<SettlementStep> steps;
  for (const db::Row& row : *rows) {
    steps.push_back({row.Enum<StepKind>(0), row.Text(1), row.Time(2), row.Bool(3)});
  }
  return steps;
}

absl::Status InsertEntry(db::Transaction& transaction, uint64_t center_id, const HourEntry& e) {
  return transaction
      .Execute(kInsertEntry, {center_id, e.source_id, e.revision, e.volunteer_id, e.start_time, e.end_time, e.minutes,
                              e.grade, e.recorder_id, e.reason, e.entry_time})
      .status();
}

absl::StatusOr<std::optional<HourEntry>> LastEntry(db::Session& session, uint64_t center_id, uint64_t source_id) {
  return EntryIn(session.QueryOne(kLastEntry, {center_id, source_id}));
}

absl::StatusOr<std::vector<HourEntry>> ListEntries(db::Session& session, uint64_t center_id, uint64_t source_id,
                                                   int after, int limit) {
  const auto rows = session.Query(kEntries, {center_id, source_id, after, limit});
  if (!rows.ok()) return rows.status();
  std::vector<HourEntry> entries;
  for (const db::Row& row : *rows) entries.push_back(FromRow(row));
  return entries;
}

absl::StatusOr<std::vector<HourEntry>> ListOwnEntries(db::Session& session, HourSource source, uint64_t center_id,
                                                      uint64_t volunteer_id, uint64_t first, uint64_t last) {
  const char* const sql = source == HourSource::kRegistration ? kOfRegistrations : kOfSupplements;
  const auto rows = session.Query(sql, {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<HourEntry> entries;
  for (const db::Row& row : *rows) entries.push_back(FromRow(row));
  return entries;
}

absl::StatusOr<std::optional<HourEntry>> FindCredited(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      absl::Time start, absl::Time end) {
  return EntryIn(session.QueryOne(kCredited, {center_id, volunteer_id, start, end}));
}

absl::StatusOr<bool> TookPart(db::Session& session, uint64_t center_id, uint64_t shift_id, uint64_t registration_id,
                              std::string_view subject, uint64_t staff_id) {
  const auto row =
      session.QueryOne(kTookPart, {center_id, shift_id, subject, center_id, registration_id, subject, center_id,
                                   registration_id, subject, center_id, registration_id, staff_id});
  if (!row.ok()) return row.status();
  return row->has_value();
}

}  // namespace wenming::activity
