#include "activity_svc/registrations/registration.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {

v1::Registration ToProto(const Registration& registration) {
  v1::Registration proto;
  proto.set_name(ids::ResourceName("registrations", registration.id));
  proto.set_shift(ids::ResourceName("shifts", registration.shift_id));
  proto.set_activity(ids::ResourceName("activities", registration.activity_id));
  proto.set_volunteer(ids::ResourceName("volunteers", registration.volunteer_id));
  proto.set_volunteer_number(registration.volunteer_number);
  proto.set_masked_name(registration.masked_name);
  proto.set_state(registration.state);
  proto.set_waitlist_position(registration.waitlist_position);
  if (registration.offer_expire_time) *proto.mutable_offer_expire_time() = ToProto(*registration.offer_expire_time);
  *proto.mutable_start_time() = ToProto(registration.start_time);
  *proto.mutable_end_time() = ToProto(registration.end_time);
  *proto.mutable_create_time() = ToProto(registration.create_time);
  *proto.mutable_update_time() = ToProto(registration.update_time);
  return proto;
}

}  // namespace wenming::activity
