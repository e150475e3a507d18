#include "activity_svc/attendance/presence.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {

v1::Attendance ToProto(const Presence& presence) {
  v1::Attendance proto;
  proto.set_registration(ids::ResourceName("registrations", presence.registration_id));
  proto.set_volunteer_number(presence.volunteer_number);
  proto.set_masked_name(presence.masked_name);
  proto.set_state(presence.state);
  *proto.mutable_check_in_time() = ToProto(presence.check_in_time);
  proto.set_check_in_means(presence.check_in_means);
  proto.set_check_in_distance_metres(presence.check_in_distance);
  if (presence.check_out_time) *proto.mutable_check_out_time() = ToProto(*presence.check_out_time);
  proto.set_check_out_means(presence.check_out_means);
  proto.set_minutes(presence.minutes);
  proto.set_flagged(presence.flagged);
  proto.set_grade(presence.grade);
  proto.set_reason(presence.reason);
  return proto;
}

}  // namespace wenming::activity
