#include "activity_svc/attendance/attendance_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "wenming/activity/v1/shifts.pb.h"

namespace wenming::activity {
namespace {

constexpr char kSelect[] =
    "SELECT a.registration_id, a.shift_id, a.volunteer_id, a.state, a.check_in_time, a.check_in_means,"
    " a.check_in_distance, a.check_out_time, a.check_out_means, a.check_out_distance, a.device_hash,"
    " a.out_device_hash, a.minutes, a.flagged, a.grade, a.reason, a.create_time, v.volunteer_number, v.masked_name,"
    " a.check_in_pack, a.check_out_pack, a.check_in_unenforced, a.check_out_unenforced"
    " FROM attendances a LEFT JOIN volunteers v ON v.center_id = a.center_id AND v.id = a.volunteer_id";
constexpr char kById[] = " WHERE a.center_id = ? AND a.registration_id = ?";
constexpr char kOfShift[] =
    " WHERE a.center_id = ? AND a.shift_id = ? AND a.registration_id > ? ORDER BY a.registration_id LIMIT ?";
constexpr char kOwn[] = " WHERE a.center_id = ? AND a.volunteer_id = ? AND a.registration_id BETWEEN ? AND ?";
constexpr char kOwnCorrections[] =
    "SELECT c.registration_id, c.old_state, c.old_check_in_time, c.old_check_out_time, c.old_minutes, c.actor,"
    " c.reason, c.correct_time, c.old_check_in_means, c.old_check_out_means, c.old_grade"
    " FROM registrations r JOIN attendance_corrections c"
    " ON c.center_id = r.center_id AND c.registration_id = r.id"
    " WHERE r.center_id = ? AND r.volunteer_id = ? AND r.id BETWEEN ? AND ? ORDER BY c.registration_id, c.id";
constexpr char kHas[] = "SELECT 1 FROM attendances WHERE center_id = ? AND registration_id = ?";
constexpr char kDevice[] =
    "SELECT registration_id FROM attendances WHERE center_id = ? AND shift_id = ? AND device_hash = ?"
    " UNION SELECT registration_id FROM attendances WHERE center_id = ? AND shift_id = ? AND out_device_hash = ?"
    " UNION SELECT registration_id FROM station_records WHERE center_id = ? AND shift_id = ? AND device_hash = ?";
constexpr char kByNumber[] =
    "SELECT r.id FROM volunteers v JOIN registrations r"
    " ON r.center_id = v.center_id AND r.shift_id = ? AND r.volunteer_id = v.id AND r.live = 1"
    " WHERE v.center_id = ? AND v.volunteer_number = ?";
// What lies within the shift: the registration has its times.
constexpr char kUnsettled[] =
    "SELECT r.id FROM registrations r"
    " JOIN attendances a ON a.center_id = r.center_id AND a.registration_id = r.id"
    " JOIN shifts s ON s.center_id = r.center_id AND s.id = r.shift_id"
    " WHERE r.center_id = ? AND r.volunteer_id = ? AND r.end_time > ? AND r.start_time < ?"
    " AND a.check_out_time > ? AND a.check_in_time < ? AND a.minutes > 0 AND a.state <> ? AND s.state NOT IN (?, ?)"
    " ORDER BY r.id LIMIT 1";
constexpr char kInsert[] =
    "INSERT INTO attendances (state, check_in_time, check_in_means, check_in_distance, check_out_time,"
    " check_out_means, check_out_distance, device_hash, out_device_hash, check_in_pack, check_out_pack,"
    " check_in_unenforced, check_out_unenforced, minutes, flagged, grade, reason, update_time, center_id,"
    " registration_id, shift_id, volunteer_id, create_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE attendances SET state = ?, check_in_time = ?, check_in_means = ?, check_in_distance = ?,"
    " check_out_time = ?, check_out_means = ?, check_out_distance = ?, device_hash = ?, out_device_hash = ?,"
    " check_in_pack = ?, check_out_pack = ?, check_in_unenforced = ?, check_out_unenforced = ?, minutes = ?,"
    " flagged = ?, grade = ?, reason = ?, update_time = ? WHERE center_id = ? AND registration_id = ?";
constexpr char kInsertCorrection[] =
    "INSERT INTO attendance_corrections (center_id, registration_id, id, old_state, old_check_in_time,"
    " old_check_in_means, old_check_out_time, old_check_out_means, old_minutes, old_grade, actor, reason, correct_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

Presence FromRow(const db::Row& row) {
  const auto number = [&row](size_t column) { return static_cast<int>(row.Int(column)); };
  return Presence{.registration_id = row.Id(0),
                  .shift_id = row.Id(1),
                  .volunteer_id = row.Id(2),
                  .state = row.Enum<PresenceState>(3),
                  .check_in_time = row.Time(4),
                  .check_in_means = row.Enum<Means>(5),
                  .check_in_distance = number(6),
                  .check_out_time = row.OptionalTime(7),
                  .check_out_means = row.Enum<Means>(8),
                  .check_out_distance = number(9),
                  .device_hash = row.Text(10),
                  .out_device_hash = row.Text(11),
                  .check_in_pack = row.Id(19),
                  .check_out_pack = row.Id(20),
                  .check_in_unenforced = static_cast<uint32_t>(row.Int(21)),
                  .check_out_unenforced = static_cast<uint32_t>(row.Int(22)),
                  .minutes = number(12),
                  .flagged = row.Bool(13),
                  .grade = row.Enum<Grade>(14),
                  .reason = row.Text(15),
                  .create_time = row.Time(16),
                  .volunteer_number = row.Text(17),
                  .masked_name = row.Text(18)};
}

db::Value HashOrNull(const std::string& hash) { return hash.empty() ? db::Value() : db::Value(hash); }

std::vector<db::Value> Values(const Presence& p, uint64_t center_id, absl::Time now) {
  return {p.state,
          p.check_in_time,
          p.check_in_means,
          p.check_in_distance,
          p.check_out_time,
          p.check_out_means,
          p.check_out_distance,
          HashOrNull(p.device_hash),
          HashOrNull(p.out_device_hash),
          p.check_in_pack,
          p.check_out_pack,
          p.check_in_unenforced,
          p.check_out_unenforced,
          p.minutes,
          p.flagged,
          p.grade,
          p.reason,
          now,
          center_id,
          p.registration_id};
}

absl::StatusOr<std::vector<Presence>> Select(db::Session& session, const char* where,
                                             std::initializer_list<db::Value> values) {
  const auto rows = session.Query(absl::StrCat(kSelect, where), values);
  if (!rows.ok()) return rows.status();
  std::vector<Presence> presences;
  presences.reserve(rows->size());
  for (const db::Row& row : *rows) presences.push_back(FromRow(row));
  return presences;
}

}  // namespace

absl::StatusOr<std::optional<Presence>> FindPresence(db::Session& session, uint64_t center_id,
                                                     uint64_t registration_id) {
  auto found = Select(session, kById, {center_id, registration_id});
  if (!found.ok()) return found.status();
  if (found->empty()) return std::optional<Presence>();
  return std::optional<Presence>(std::move(found->front()));
}

absl::StatusOr<bool> HasPresence(db::Session& session, uint64_t center_id, uint64_t registration_id) {
  const auto row = session.QueryOne(kHas, {center_id, registration_id});
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::Status InsertPresence(db::Transaction& transaction, uint64_t center_id, const Presence& p) {
  std::vector<db::Value> values = Values(p, center_id, p.create_time);
  values.insert(values.end(), {p.shift_id, p.volunteer_id, p.create_time});
  const absl::Status inserted = transaction.Execute(kInsert, values).status();
  if (!db::IsDuplicateKey(inserted, "one_device")) return inserted;
  return errors::FailedPrecondition(type::REASON_DEVICE_USED);
}

absl::Status UpdatePresence(db::Transaction& transaction, uint64_t center_id, const Presence& presence,
                            absl::Time now) {
  return transaction.Execute(kUpdate, Values(presence, center_id, now)).status();
}

absl::StatusOr<bool> DeviceUsedByAnother(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                         std::string_view device_hash, uint64_t registration_id) {
  const auto rows = session.Query(
      kDevice, {center_id, shift_id, device_hash, center_id, shift_id, device_hash, center_id, shift_id, device_hash});
  if (!rows.ok()) return rows.status();
  return std::ranges::any_of(*rows, [&](const db::Row& row) { return row.Id(0) != registration_id; });
}

absl::StatusOr<std::optional<uint64_t>> FindByNumber(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                     std::string_view volunteer_number) {
  const auto row = session.QueryOne(kByNumber, {shift_id, center_id, volunteer_number});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<uint64_t>();
  return std::optional<uint64_t>((*row)->Id(0));
}

absl::StatusOr<std::vector<Presence>> ListPresences(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                    uint64_t after_registration, int limit) {
  return Select(session, kOfShift, {center_id, shift_id, after_registration, limit});
}

absl::StatusOr<std::vector<Presence>> ListOwnPresences(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                       uint64_t first, uint64_t last) {
  return Select(session, kOwn, {center_id, volunteer_id, first, last});
}

absl::StatusOr<std::vector<Correction>> ListOwnCorrections(db::Session& session, uint64_t center_id,
                                                           uint64_t volunteer_id, uint64_t first, uint64_t last) {
  const auto rows = session.Query(kOwnCorrections, {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<Correction> corrections;
  for (const db::Row& row : *rows) {
    corrections.push_back({row.Id(0), row.Enum<PresenceState>(1), row.OptionalTime(2), row.OptionalTime(3),
                           static_cast<int>(row.Int(4)), row.Text(5), row.Text(6), row.Time(7), row.Enum<Means>(8),
                           row.Enum<Means>(9), row.Enum<Grade>(10)});
  }
  return corrections;
}

absl::StatusOr<std::optional<uint64_t>> FindUnsettled(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      absl::Time start, absl::Time end) {
  const auto row =
      session.QueryOne(kUnsettled, {center_id, volunteer_id, start, end, start, end, v1::Attendance::STATE_VOIDED,
                                    v1::Shift::STATE_SETTLED, v1::Shift::STATE_CANCELLED});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<uint64_t>();
  return std::optional<uint64_t>((*row)->Id(0));
}

absl::Status InsertCorrection(db::Transaction& transaction, uint64_t center_id, uint64_t registration_id, uint64_t id,
                              const std::optional<Presence>& old, std::string_view actor, std::string_view reason,
                              absl::Time now) {
  const Presence none{.state = v1::Attendance::STATE_UNSPECIFIED};
  const Presence& p = old ? *old : none;
  return transaction
      .Execute(kInsertCorrection,
               {center_id, registration_id, id, p.state, old ? db::Value(p.check_in_time) : db::Value(),
                p.check_in_means, p.check_out_time, p.check_out_means, p.minutes, p.grade, actor, reason, now})
      .status();
}

}  // namespace wenming::activity
