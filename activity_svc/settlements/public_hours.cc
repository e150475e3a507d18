#include "activity_svc/settlements/public_hours.h"

#include <iterator>
#include <utility>

#include "activity_svc/names.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "wenming/activity/v1/supplements.pb.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

constexpr char kPresences[] =
    "SELECT a.registration_id, v.volunteer_number, v.masked_name, v.adult_from_date, a.minutes, a.grade"
    " FROM attendances a LEFT JOIN volunteers v ON v.center_id = a.center_id AND v.id = a.volunteer_id"
    " WHERE a.center_id = ? AND a.shift_id = ? AND a.registration_id > ? AND a.state IN (?, ?) AND a.minutes > 0"
    " ORDER BY a.registration_id LIMIT ?";
constexpr char kSupplements[] =
    "SELECT s.id, v.volunteer_number, v.masked_name, v.adult_from_date, s.minutes, s.publication_end_time"
    " FROM supplements s LEFT JOIN volunteers v ON v.center_id = s.center_id AND v.id = s.volunteer_id"
    " WHERE s.center_id = ? AND s.shift_id = ? AND s.id > ? AND s.state = ? ORDER BY s.id LIMIT ?";

// What both have in front.
PublicHours FromRow(const db::Row& row, const Shift& shift, bool supplement) {
  const Volunteer volunteer{.masked_name = row.Text(2), .adult_from = row.OptionalDay(3)};
  return {.position = {supplement, row.Id(0)},
          .volunteer_number = row.Text(1),
          .masked_name = volunteer.MinorAt(shift.start_time) ? std::string() : volunteer.masked_name,
          .minutes = static_cast<int>(row.Int(4))};
}

absl::StatusOr<std::vector<PublicHours>> Presences(db::Session& session, uint64_t center_id, const Shift& shift,
                                                   uint64_t after, int limit) {
  std::vector<PublicHours> found;
  if (shift.state != v1::Shift::STATE_PUBLICISED || !shift.publication_end_time) return found;
  const auto rows =
      session.Query(kPresences, {center_id, shift.id, after, A::STATE_CONFIRMED, A::STATE_CORRECTED, limit});
  if (!rows.ok()) return rows.status();
  for (const db::Row& row : *rows) {
    PublicHours& hours = found.emplace_back(FromRow(row, shift, false));
    hours.grade = row.Enum<Grade>(5);
    hours.until = *shift.publication_end_time;
  }
  return found;
}

absl::StatusOr<std::vector<PublicHours>> Supplements(db::Session& session, uint64_t center_id, const Shift& shift,
                                                     uint64_t after, int limit) {
  const auto rows = session.Query(kSupplements, {center_id, shift.id, after, v1::Supplement::STATE_PUBLICISED, limit});
  if (!rows.ok()) return rows.status();
  std::vector<PublicHours> found;
  for (const db::Row& row : *rows) {
    PublicHours& hours = found.emplace_back(FromRow(row, shift, true));
    hours.grade = A::GRADE_D;
    hours.until = row.Time(5);
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<PublicHours>> ListPublicHours(db::Session& session, uint64_t center_id, const Shift& shift,
                                                         const PublicPosition& position, int limit) {
  if (position.supplements) return Supplements(session, center_id, shift, position.after, limit);
  auto found = Presences(session, center_id, shift, position.after, limit);
  const int left = found.ok() ? limit - static_cast<int>(found->size()) : 0;
  if (left == 0) return found;
  auto more = Supplements(session, center_id, shift, 0, left);
  if (!more.ok()) return more;
  found->insert(found->end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  return found;
}

v1::PublicHours ToProto(const PublicHours& hours) {
  v1::PublicHours proto;
  proto.set_volunteer_number(hours.volunteer_number);
  proto.set_masked_name(hours.masked_name);
  proto.set_minutes(hours.minutes);
  proto.set_grade(hours.grade);
  *proto.mutable_publication_end_time() = ToProto(hours.until);
  return proto;
}

}  // namespace wenming::activity
