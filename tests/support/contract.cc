#include "tests/support/contract.h"

#include <algorithm>

#include "wenming/activity/v1/activities.pb.h"
#include "wenming/activity/v1/attendance.pb.h"
#include "wenming/activity/v1/policies.pb.h"
#include "wenming/activity/v1/registrations.pb.h"
#include "wenming/activity/v1/shifts.pb.h"
#include "wenming/events/v1/events.pb.h"
#include "wenming/org/v1/directory.pb.h"
#include "wenming/org/v1/staff.pb.h"
#include "wenming/org/v1/teams.pb.h"
#include "wenming/org/v1/units.pb.h"
#include "wenming/volunteer/v1/certificates.pb.h"
#include "wenming/volunteer/v1/hours.pb.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::test {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  const FileDescriptor* const files[] = {activity::v1::Activity::descriptor()->file(),
                                         activity::v1::Attendance::descriptor()->file(),
                                         activity::v1::Policy::descriptor()->file(),
                                         activity::v1::Registration::descriptor()->file(),
                                         activity::v1::Shift::descriptor()->file(),
                                         events::v1::Event::descriptor()->file(),
                                         org::v1::DirectoryUnit::descriptor()->file(),
                                         org::v1::StaffMember::descriptor()->file(),
                                         org::v1::Team::descriptor()->file(),
                                         org::v1::Unit::descriptor()->file(),
                                         volunteer::v1::Certificate::descriptor()->file(),
                                         volunteer::v1::HourAccount::descriptor()->file(),
                                         volunteer::v1::Volunteer::descriptor()->file()};
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) methods.push_back(file->service(s)->method(m));
    }
  }
  std::ranges::sort(methods, {}, &MethodDescriptor::full_name);
  return methods;
}

}  // namespace wenming::test
