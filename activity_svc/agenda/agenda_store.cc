#include "activity_svc/agenda/agenda_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "activity_svc/registrations/registrations_store.h"
#include "common/db/shapes.h"

namespace wenming::activity {
namespace {

// The page is cut before anything is joined, so that a call reads as many rows as it looks at and no more.
constexpr char kOpen[] =
    "SELECT s.id, s.activity_id, s.post, s.start_time, s.end_time, s.capacity, s.waitlist_capacity, s.taken_count,"
    " s.waitlisted_count, a.unit_id, a.title, a.method, a.themes, a.place, a.latitude, a.longitude, a.dangerous,"
    " a.is_public FROM ";
constexpr char kOfCenter[] =
    "(SELECT center_id, id, activity_id, post, start_time, end_time, capacity, waitlist_capacity,"
    " taken_count, waitlisted_count FROM shifts WHERE center_id = ? AND accepting = 1 AND start_time >= ?"
    " AND start_time < ? AND (start_time > ? OR id > ?) AND state = ? AND delete_time IS NULL"
    " ORDER BY start_time, id LIMIT ?) s JOIN activities a ON a.center_id = s.center_id AND a.id = s.activity_id"
    " ORDER BY s.start_time, s.id";
// Only the shifts of an activity that is published take sign-ups.
constexpr char kOfUnits[] =
    "activities a JOIN shifts s ON s.center_id = a.center_id AND s.activity_id = a.id WHERE a.center_id = ?"
    " AND a.state = ? AND s.accepting = 1 AND s.start_time >= ? AND s.start_time < ?"
    " AND (s.start_time > ? OR s.id > ?) AND s.state = ? AND s.delete_time IS NULL AND a.unit_id IN ";
constexpr char kOfUnitsEnd[] = " ORDER BY s.start_time, s.id LIMIT ?";

constexpr char kOwn[] =
    ", s.post, a.title, a.place, a.latitude, a.longitude, p.state, p.check_in_time, p.check_out_time, p.minutes,"
    " p.grade FROM (SELECT * FROM registrations"
    " WHERE center_id = ? AND volunteer_id = ? AND end_time > ? AND end_time <= ? AND start_time < ?"
    " AND (? & (1 << state)) <> 0";
constexpr char kComing[] = " AND (start_time > ? OR (start_time = ? AND id > ?)) ORDER BY start_time, id LIMIT ?)";
constexpr char kPast[] = " AND (end_time < ? OR (end_time = ? AND id < ?)) ORDER BY end_time DESC, id DESC LIMIT ?)";
constexpr char kJoined[] =
    " r JOIN shifts s ON s.center_id = r.center_id AND s.id = r.shift_id"
    " JOIN activities a ON a.center_id = r.center_id AND a.id = r.activity_id"
    " LEFT JOIN volunteers v ON v.center_id = r.center_id AND v.id = r.volunteer_id"
    " LEFT JOIN attendances p ON p.center_id = r.center_id AND p.registration_id = r.id";
constexpr char kComingOrder[] = " ORDER BY r.start_time, r.id";
constexpr char kPastOrder[] = " ORDER BY r.end_time DESC, r.id DESC";

std::optional<Point> PointOf(const db::Row& row, size_t latitude) {
  if (row.Null(latitude) || row.Null(latitude + 1)) return std::nullopt;
  return Point{row.Double(latitude), row.Double(latitude + 1)};
}

OpenShift OpenFromRow(const db::Row& row) {
  const auto number = [&row](size_t column) { return static_cast<int>(row.Int(column)); };
  return OpenShift{.shift = {.id = row.Id(0),
                             .activity_id = row.Id(1),
                             .post = row.Text(2),
                             .start_time = row.Time(3),
                             .end_time = row.Time(4),
                             .capacity = number(5),
                             .waitlist_capacity = number(6),
                             .taken_count = number(7),
                             .waitlisted_count = number(8)},
                   .activity = {.id = row.Id(1),
                                .unit_id = row.Id(9),
                                .title = row.Text(10),
                                .method = row.Enum<v1::Method>(11),
                                .themes = absl::StrSplit(row.Text(12), ',', absl::SkipEmpty()),
                                .place = row.Text(13),
                                .location = PointOf(row, 14),
                                .dangerous = row.Bool(16),
                                .is_public = row.Bool(17)}};
}

absl::StatusOr<std::vector<OpenShift>> OpenFrom(const absl::StatusOr<db::Rows>& rows) {
  if (!rows.ok()) return rows.status();
  std::vector<OpenShift> open;
  open.reserve(rows->size());
  for (const db::Row& row : *rows) open.push_back(OpenFromRow(row));
  return open;
}

OwnShift OwnFromRow(const db::Row& row) {
  return OwnShift{.registration = RegistrationOf(row),
                  .post = row.Text(13),
                  .title = row.Text(14),
                  .place = row.Text(15),
                  .location = PointOf(row, 16),
                  .presence = row.Enum<PresenceState>(18),
                  .check_in_time = row.OptionalTime(19),
                  .check_out_time = row.OptionalTime(20),
                  .minutes = static_cast<int>(row.Int(21)),
                  .grade = row.Enum<Grade>(22)};
}

absl::StatusOr<std::vector<OwnShift>> List(db::Session& session, const OwnShiftQuery& q, const char* page,
                                           const char* order) {
  const auto rows = session.Query(absl::StrCat("SELECT ", kRegistrationColumns, kOwn, page, kJoined, order),
                                  {q.center_id, q.volunteer_id, q.end_after, q.end_until, q.start_before, q.states,
                                   q.after.time, q.after.time, q.after.id, q.limit});
  if (!rows.ok()) return rows.status();
  std::vector<OwnShift> own;
  own.reserve(rows->size());
  for (const db::Row& row : *rows) own.push_back(OwnFromRow(row));
  return own;
}

}  // namespace

absl::StatusOr<std::vector<OpenShift>> ListOpenShifts(db::Session& session, uint64_t center_id,
                                                      const AgendaPosition& after, absl::Time end, int limit) {
  return OpenFrom(session.Query(absl::StrCat(kOpen, kOfCenter),
                                {center_id, after.time, end, after.time, after.id, v1::Shift::STATE_OPEN, limit}));
}

absl::StatusOr<std::vector<OpenShift>> ListOpenShiftsOf(db::Session& session, uint64_t center_id,
                                                        std::span<const uint64_t> units, const AgendaPosition& after,
                                                        absl::Time end, int limit) {
  std::vector<db::Value> values = {center_id, v1::Activity::STATE_PUBLISHED, after.time, end, after.time,
                                   after.id,  v1::Shift::STATE_OPEN};
  db::AppendInList(values, units);
  values.emplace_back(limit);
  return OpenFrom(session.Query(absl::StrCat(kOpen, kOfUnits, db::InList(units.size()), kOfUnitsEnd), values));
}

absl::StatusOr<std::vector<OwnShift>> ListComing(db::Session& session, const OwnShiftQuery& query) {
  return List(session, query, kComing, kComingOrder);
}

absl::StatusOr<std::vector<OwnShift>> ListPast(db::Session& session, const OwnShiftQuery& query) {
  OwnShiftQuery bounded = query;
  // Where the page begins bounds the index as well.
  bounded.end_until = std::min(query.end_until, query.after.time);
  return List(session, bounded, kPast, kPastOrder);
}

}  // namespace wenming::activity
