#include "activity_svc/shifts/shift.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {

v1::Shift ToProto(const Shift& shift) {
  v1::Shift proto;
  proto.set_name(ids::ResourceName("shifts", shift.id));
  proto.set_activity(ids::ResourceName("activities", shift.activity_id));
  proto.set_post(shift.post);
  *proto.mutable_start_time() = ToProto(shift.start_time);
  *proto.mutable_end_time() = ToProto(shift.end_time);
  proto.set_capacity(shift.capacity);
  proto.set_waitlist_capacity(shift.waitlist_capacity);
  proto.set_break_minutes(shift.break_minutes);
  proto.set_taken_count(shift.taken_count);
  proto.set_waitlisted_count(shift.waitlisted_count);
  proto.set_state(shift.state);
  if (shift.publication_end_time) *proto.mutable_publication_end_time() = ToProto(*shift.publication_end_time);
  for (const uint64_t id : shift.team_ids) proto.add_teams(ids::ResourceName("teams", id));
  proto.mutable_skills()->Assign(shift.skills.begin(), shift.skills.end());
  return proto;
}

}  // namespace wenming::activity
