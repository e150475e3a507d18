#include "tests/support/contract.h"

#include <algorithm>

#include "wenming/activity/v1/activities.pb.h"
#include "wenming/activity/v1/agenda.pb.h"
#include "wenming/activity/v1/appeals.pb.h"
#include "wenming/activity/v1/attendance.pb.h"
#include "wenming/activity/v1/calendar_feeds.pb.h"
#include "wenming/activity/v1/calendars.pb.h"
#include "wenming/activity/v1/handovers.pb.h"
#include "wenming/activity/v1/notices.pb.h"
#include "wenming/activity/v1/policies.pb.h"
#include "wenming/activity/v1/ratings.pb.h"
#include "wenming/activity/v1/registrations.pb.h"
#include "wenming/activity/v1/rosters.pb.h"
#include "wenming/activity/v1/settlements.pb.h"
#include "wenming/activity/v1/shifts.pb.h"
#include "wenming/activity/v1/station_packs.pb.h"
#include "wenming/activity/v1/supplements.pb.h"
#include "wenming/events/v1/events.pb.h"
#include "wenming/org/v1/clients.pb.h"
#include "wenming/org/v1/directory.pb.h"
#include "wenming/org/v1/keys.pb.h"
#include "wenming/org/v1/operations.pb.h"
#include "wenming/org/v1/staff.pb.h"
#include "wenming/org/v1/staff_auth.pb.h"
#include "wenming/org/v1/teams.pb.h"
#include "wenming/org/v1/units.pb.h"
#include "wenming/sessions/v1/sessions.pb.h"
#include "wenming/volunteer/v1/access_requests.pb.h"
#include "wenming/volunteer/v1/auth.pb.h"
#include "wenming/volunteer/v1/certificates.pb.h"
#include "wenming/volunteer/v1/consents.pb.h"
#include "wenming/volunteer/v1/hours.pb.h"
#include "wenming/volunteer/v1/memberships.pb.h"
#include "wenming/volunteer/v1/rights.pb.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::test {

using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  // These have no message to ask for its file.
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const FileDescriptor* const files[] = {pool->FindFileByName("wenming/org/v1/audit.proto"),
                                         pool->FindFileByName("wenming/volunteer/v1/audit.proto"),
                                         pool->FindFileByName("wenming/activity/v1/audit.proto"),
                                         activity::v1::Activity::descriptor()->file(),
                                         activity::v1::Appeal::descriptor()->file(),
                                         activity::v1::Calendar::descriptor()->file(),
                                         activity::v1::Settlement::descriptor()->file(),
                                         activity::v1::Rating::descriptor()->file(),
                                         activity::v1::Supplement::descriptor()->file(),
                                         activity::v1::Attendance::descriptor()->file(),
                                         activity::v1::CalendarFeed::descriptor()->file(),
                                         activity::v1::ExportRosterRequest::descriptor()->file(),
                                         activity::v1::MyShift::descriptor()->file(),
                                         activity::v1::Handover::descriptor()->file(),
                                         activity::v1::Notice::descriptor()->file(),
                                         activity::v1::Policy::descriptor()->file(),
                                         activity::v1::Registration::descriptor()->file(),
                                         activity::v1::Shift::descriptor()->file(),
                                         activity::v1::StationPack::descriptor()->file(),
                                         events::v1::Event::descriptor()->file(),
                                         org::v1::Client::descriptor()->file(),
                                         org::v1::DirectoryUnit::descriptor()->file(),
                                         org::v1::StaffMember::descriptor()->file(),
                                         org::v1::Team::descriptor()->file(),
                                         org::v1::Unit::descriptor()->file(),
                                         volunteer::v1::AccessRequest::descriptor()->file(),
                                         volunteer::v1::Consent::descriptor()->file(),
                                         volunteer::v1::Handling::descriptor()->file(),
                                         org::v1::GetJwksRequest::descriptor()->file(),
                                         org::v1::CheckAccessRequest::descriptor()->file(),
                                         org::v1::LogInRequest::descriptor()->file(),
                                         sessions::v1::Tokens::descriptor()->file(),
                                         volunteer::v1::LogInResponse::descriptor()->file(),
                                         volunteer::v1::Certificate::descriptor()->file(),
                                         volunteer::v1::HourAccount::descriptor()->file(),
                                         volunteer::v1::Membership::descriptor()->file(),
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
