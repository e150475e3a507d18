#include "activity_svc/agenda/open_shift.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

void Set(const Point& point, google::type::LatLng& location) {
  location.set_latitude(point.latitude);
  location.set_longitude(point.longitude);
}

}  // namespace

v1::UpcomingShift ToProto(const OpenShift& open) {
  const auto& [shift, activity] = open;
  v1::UpcomingShift proto;
  proto.set_shift(ids::ResourceName("shifts", shift.id));
  proto.set_activity(ids::ResourceName("activities", activity.id));
  proto.set_unit(ids::ResourceName("units", activity.unit_id));
  proto.set_title(activity.title);
  proto.set_method(activity.method);
  for (const std::string& theme : activity.themes) proto.add_themes(theme);
  proto.set_place(activity.place);
  if (activity.location) Set(*activity.location, *proto.mutable_location());
  proto.set_dangerous(activity.dangerous);
  proto.set_post(shift.post);
  *proto.mutable_start_time() = ToProto(shift.start_time);
  *proto.mutable_end_time() = ToProto(shift.end_time);
  proto.set_capacity(shift.capacity);
  proto.set_free_count(shift.HasPlace() ? shift.capacity - shift.taken_count : 0);
  proto.set_waitlist_free_count(shift.waitlist_capacity - shift.waitlisted_count);
  return proto;
}

v1::MyShift ToProto(const OwnShift& own) {
  v1::MyShift proto;
  *proto.mutable_registration() = ToProto(own.registration);
  proto.set_title(own.title);
  proto.set_place(own.place);
  if (own.location) Set(*own.location, *proto.mutable_location());
  proto.set_post(own.post);
  proto.set_attendance_state(own.presence);
  if (own.check_in_time) *proto.mutable_check_in_time() = ToProto(*own.check_in_time);
  if (own.check_out_time) *proto.mutable_check_out_time() = ToProto(*own.check_out_time);
  proto.set_minutes(own.minutes);
  proto.set_grade(own.grade);
  return proto;
}

}  // namespace wenming::activity
