#include "activity_svc/rosters/rosters_store.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

constexpr char kRead[] =
    "SELECT r.id, r.state, r.waitlist_position, r.create_time, v.volunteer_number, v.masked_name, p.state,"
    " p.check_in_time, p.check_out_time, p.minutes, p.grade FROM (SELECT center_id, id, volunteer_id, state,"
    " waitlist_position, create_time FROM registrations WHERE center_id = ? AND shift_id = ? AND state BETWEEN ? AND ?"
    " ORDER BY state, waitlist_position, id LIMIT ?) r"
    " LEFT JOIN volunteers v ON v.center_id = r.center_id AND v.id = r.volunteer_id"
    " LEFT JOIN attendances p ON p.center_id = r.center_id AND p.registration_id = r.id"
    " ORDER BY r.state, r.waitlist_position, r.id";

RosterEntry FromRow(const db::Row& row) {
  RosterEntry entry{.registration = {.id = row.Id(0),
                                     .state = row.Enum<RegistrationState>(1),
                                     .waitlist_position = row.Int(2),
                                     .create_time = row.Time(3),
                                     .volunteer_number = row.Text(4),
                                     .masked_name = row.Text(5)},
                    .presence = std::nullopt};
  if (row.Null(6)) return entry;
  entry.presence = Presence{.registration_id = row.Id(0),
                            .state = row.Enum<PresenceState>(6),
                            .check_in_time = row.Time(7),
                            .check_out_time = row.OptionalTime(8),
                            .minutes = static_cast<int>(row.Int(9)),
                            .grade = row.Enum<Grade>(10)};
  return entry;
}

}  // namespace

absl::StatusOr<std::vector<RosterEntry>> ReadRoster(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                    RegistrationState state, int limit) {
  const bool all = state == R::STATE_UNSPECIFIED;
  const int least = all ? 0 : state;
  const int most = all ? R::State_MAX : state;
  const auto rows = session.Query(kRead, {center_id, shift_id, least, most, limit});
  if (!rows.ok()) return rows.status();
  std::vector<RosterEntry> roster;
  roster.reserve(rows->size());
  for (const db::Row& row : *rows) roster.push_back(FromRow(row));
  return roster;
}

}  // namespace wenming::activity
