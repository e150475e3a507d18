#include "activity_svc/activities/activity.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {

v1::Activity ToProto(const Activity& activity) {
  v1::Activity proto;
  proto.set_name(ids::ResourceName("activities", activity.id));
  proto.set_unit(ids::ResourceName("units", activity.unit_id));
  proto.set_team(OptionalName("teams", activity.team_id));
  proto.set_title(activity.title);
  proto.set_content(activity.content);
  proto.set_method(activity.method);
  for (const std::string& theme : activity.themes) proto.add_themes(theme);
  proto.set_place(activity.place);
  if (activity.location) {
    proto.mutable_location()->set_latitude(activity.location->latitude);
    proto.mutable_location()->set_longitude(activity.location->longitude);
  }
  proto.set_fence_metres(activity.fence_metres);
  proto.set_dangerous(activity.dangerous);
  proto.set_insurance_policy(activity.insurance_policy);
  proto.set_person_in_charge(OptionalName("staff", activity.person_in_charge_id));
  proto.set_state(activity.state);
  proto.set_reason(activity.reason);
  proto.set_etag(Etag(activity.version));
  *proto.mutable_create_time() = ToProto(activity.create_time);
  *proto.mutable_update_time() = ToProto(activity.update_time);
  return proto;
}

}  // namespace wenming::activity
