#include "activity_svc/volunteers/volunteers_store.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "activity_svc/calendar_feeds/calendar_feeds_store.h"
#include "activity_svc/calendars/working_days.h"
#include "activity_svc/lists.h"
#include "activity_svc/notices/notices_store.h"
#include "common/db/errors.h"
#include "common/db/shapes.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

constexpr char kLoad[] =
    "SELECT id, volunteer_number, masked_name, unit_id, active, adult_from_date, skills, team_ids, absence_count,"
    " locked_until_time FROM volunteers"
    " WHERE center_id = ? AND id = ?";
constexpr char kLock[] =
    "SELECT id, volunteer_number, masked_name, unit_id, active, adult_from_date, skills, team_ids, absence_count,"
    " locked_until_time FROM volunteers"
    " WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kLoadAll[] =
    "SELECT id, volunteer_number, masked_name, unit_id, active, adult_from_date, skills, team_ids, absence_count,"
    " locked_until_time FROM volunteers"
    " WHERE center_id = ? AND id IN ";
// Persons in one IN list, at most: a statement takes 65,535 values, and a shift may have more people.
constexpr size_t kChunk = 4096;
constexpr char kLockInOrder[] = " ORDER BY id FOR UPDATE";
constexpr char kUpdate[] =
    "UPDATE volunteers SET volunteer_number = ?, masked_name = ?, unit_id = ?, active = ?, adult_from_date = ?,"
    " skills = ?, team_ids = ?, told_cursor = ? WHERE center_id = ? AND id = ? AND told_cursor <= ?";
constexpr char kInsert[] =
    "INSERT INTO volunteers (volunteer_number, masked_name, unit_id, active, adult_from_date, skills, team_ids,"
    " told_cursor, center_id, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr char kEraseAttendances[] =
    "UPDATE attendances SET device_hash = NULL, out_device_hash = NULL, check_in_distance = -1,"
    " check_out_distance = -1, reason = '' WHERE center_id = ? AND volunteer_id = ?";
constexpr char kEraseRecords[] =
    "UPDATE station_records SET device_hash = NULL, distance = -1 WHERE center_id = ? AND volunteer_id = ?";
constexpr char kEraseCorrections[] =
    "UPDATE attendance_corrections c JOIN registrations r ON r.center_id = c.center_id AND r.id = c.registration_id"
    " SET c.reason = '' WHERE r.center_id = ? AND r.volunteer_id = ?";
// The words of the volunteer and those about him; the decisions stay.
constexpr char kEraseAppeals[] =
    "UPDATE appeal_moves m JOIN appeals a ON a.center_id = m.center_id AND a.registration_id = m.registration_id"
    " SET m.reason = '' WHERE a.center_id = ? AND a.volunteer_id = ?";
constexpr char kEraseSupplements[] =
    "UPDATE supplements SET reason = '', evidence = '', evidence_reference = '', decision_reason = ''"
    " WHERE center_id = ? AND volunteer_id = ?";
constexpr char kEraseSupplementMoves[] =
    "UPDATE supplement_moves m JOIN supplements s ON s.center_id = m.center_id AND s.id = m.supplement_id"
    " SET m.reason = '' WHERE s.center_id = ? AND s.volunteer_id = ?";
constexpr char kEraseHourEntries[] = "UPDATE hour_entries SET reason = '' WHERE center_id = ? AND volunteer_id = ?";
constexpr char kEraseLock[] =
    "UPDATE volunteers SET absence_count = 0, locked_until_time = NULL WHERE center_id = ? AND id = ?";
constexpr char kEraseMoves[] =
    "UPDATE registration_moves m JOIN registrations r ON r.center_id = m.center_id AND r.id = m.registration_id"
    " SET m.reason = '' WHERE r.center_id = ? AND r.volunteer_id = ?";
constexpr char kEraseRegistrations[] = "UPDATE registrations SET reason = '' WHERE center_id = ? AND volunteer_id = ?";

Volunteer FromRow(db::Row& row) {
  return {.id = row.Id(0),
          .number = row.TakeText(1),
          .masked_name = row.TakeText(2),
          .unit_id = row.Id(3),
          .active = row.Bool(4),
          .adult_from = row.OptionalDay(5),
          .skills = SplitLines(row.Text(6)),
          .team_ids = SplitIds(row.Text(7)),
          .absences = static_cast<int>(row.Int(8)),
          .locked_until = row.OptionalTime(9)};
}

absl::StatusOr<std::optional<Volunteer>> Load(db::Session& session, std::string_view sql, uint64_t center_id,
                                              uint64_t id) {
  auto row = session.QueryOne(sql, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Volunteer>();
  return std::optional<Volunteer>(FromRow(**row));
}

absl::StatusOr<Volunteers> LoadAll(db::Session& session, uint64_t center_id, std::span<const uint64_t> ids,
                                   const char* ending) {
  Volunteers volunteers;
  volunteers.reserve(ids.size());
  while (!ids.empty()) {
    const auto chunk = ids.first(std::min(kChunk, ids.size()));
    ids = ids.subspan(chunk.size());
    std::vector<db::Value> values = {center_id};
    db::AppendInList(values, chunk);
    auto rows = session.Query(absl::StrCat(kLoadAll, db::InList(chunk.size()), ending), values);
    if (!rows.ok()) return rows.status();
    for (db::Row& row : *rows) volunteers.emplace(row.Id(0), FromRow(row));
  }
  return volunteers;
}

absl::Status Erase(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  for (const char* sql : {kEraseAttendances, kEraseRecords, kEraseCorrections, kEraseAppeals, kEraseSupplements,
                          kEraseSupplementMoves, kEraseHourEntries, kEraseMoves, kEraseRegistrations, kEraseLock}) {
    if (auto erased = transaction.Execute(sql, {center_id, id}); !erased.ok()) return erased.status();
  }
  if (auto erased = EraseNotices(transaction, center_id, id); !erased.ok()) return erased;
  return EraseFeeds(transaction, center_id, id);
}

absl::CivilDay DayOf(const google::type::Date& date) { return absl::CivilDay(date.year(), date.month(), date.day()); }

}  // namespace

bool Volunteer::MinorAt(absl::Time start) const { return adult_from && ChineseDay(start) < *adult_from; }

absl::StatusOr<std::optional<Volunteer>> LoadVolunteer(db::Session& session, uint64_t center_id, uint64_t id) {
  return Load(session, kLoad, center_id, id);
}

absl::StatusOr<std::optional<Volunteer>> LockVolunteer(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  return Load(transaction, kLock, center_id, id);
}

absl::StatusOr<Volunteers> LoadVolunteers(db::Session& session, uint64_t center_id, std::span<const uint64_t> ids) {
  return LoadAll(session, center_id, ids, "");
}

absl::StatusOr<Volunteers> LockVolunteers(db::Transaction& transaction, uint64_t center_id,
                                          std::span<const uint64_t> ids) {
  return LoadAll(transaction, center_id, ids, kLockInOrder);
}

absl::StatusOr<bool> StoreVolunteer(db::Transaction& transaction, uint64_t center_id, const Volunteer& v,
                                    int64_t told_cursor) {
  std::vector<db::Value> values = {
      v.number,    v.masked_name, v.unit_id, v.active, v.adult_from, JoinLines(v.skills), JoinIds(v.team_ids),
      told_cursor, center_id,     v.id};
  values.emplace_back(told_cursor);
  const auto updated = transaction.Execute(kUpdate, values);
  if (!updated.ok()) return updated.status();
  if (*updated == 1) return true;
  values.pop_back();
  const absl::Status inserted = transaction.Execute(kInsert, values).status();
  if (db::IsDuplicateKey(inserted, "PRIMARY")) return false;
  if (!inserted.ok()) return inserted;
  return true;
}

absl::Status ApplyVolunteerEvent(db::Transaction& transaction, const events::v1::Event& event) {
  if (!event.payload().Is<volunteer::v1::VolunteerChanged>()) return absl::OkStatus();
  volunteer::v1::VolunteerChanged changed;
  if (!event.payload().UnpackTo(&changed) || changed.volunteer_id() == 0) {
    return absl::InvalidArgumentError("VolunteerChanged cannot be read");
  }
  Volunteer volunteer{.id = changed.volunteer_id(), .number = changed.number()};
  if (changed.erased()) {
    const auto stored = StoreVolunteer(transaction, event.center_id(), volunteer, event.cursor());
    if (!stored.ok()) return stored.status();
    return Erase(transaction, event.center_id(), volunteer.id);
  }
  volunteer.masked_name = changed.masked_name();
  volunteer.unit_id = changed.unit_id();
  volunteer.active = changed.active();
  if (changed.has_adult_from_date()) volunteer.adult_from = DayOf(changed.adult_from_date());
  volunteer.skills.assign(changed.skills().begin(), changed.skills().end());
  volunteer.team_ids.assign(changed.team_ids().begin(), changed.team_ids().end());
  return StoreVolunteer(transaction, event.center_id(), volunteer, event.cursor()).status();
}

}  // namespace wenming::activity
