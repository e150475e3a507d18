#include "org_svc/staff/staff_record.h"

#include "common/ids/ids.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::org {

v1::StaffMember ToMember(const StaffRecord& record) {
  v1::StaffMember member;
  member.set_name(ids::ResourceName("staff", record.id));
  member.set_username(record.username);
  member.set_display_name(record.display_name);
  member.set_state(record.state);
  *member.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(record.create_time));
  if (record.volunteer_id != 0) member.set_volunteer(ids::ResourceName("volunteers", record.volunteer_id));
  member.set_password_change_required(record.must_change);
  member.set_second_factor(record.second_factor);
  for (const Binding& binding : record.bindings) {
    auto& shown = *member.add_bindings();
    shown.set_role(binding.role);
    if (binding.unit_id != 0) shown.set_unit(ids::ResourceName("units", binding.unit_id));
  }
  return member;
}

v1::StaffChanged ToEvent(const StaffRecord& record) {
  v1::StaffChanged event;
  event.set_version(record.version);
  v1::DirectoryStaff& staff = *event.mutable_staff();
  staff.set_id(record.id);
  staff.set_center_id(record.center_id);
  staff.set_disabled(record.state == v1::StaffMember::STATE_DISABLED);
  staff.set_display_name(record.display_name);
  staff.set_volunteer_id(record.volunteer_id);
  for (const Binding& binding : record.bindings) {
    auto& bound = *staff.add_bindings();
    bound.set_role(binding.role);
    bound.set_unit_id(binding.unit_id);
  }
  return event;
}

}  // namespace wenming::org
