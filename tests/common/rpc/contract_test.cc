// Holds the contract itself to its rules: every method of every service is found in the descriptors.

#include <set>
#include <string>

#include "common/rpc/access.h"
#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
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

namespace wenming::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const FileDescriptor*> Files() {
  return {activity::v1::Activity::descriptor()->file(),     activity::v1::Attendance::descriptor()->file(),
          activity::v1::Policy::descriptor()->file(),       activity::v1::Registration::descriptor()->file(),
          activity::v1::Shift::descriptor()->file(),        events::v1::Event::descriptor()->file(),
          org::v1::DirectoryUnit::descriptor()->file(),     org::v1::StaffMember::descriptor()->file(),
          org::v1::Team::descriptor()->file(),              org::v1::Unit::descriptor()->file(),
          volunteer::v1::Certificate::descriptor()->file(), volunteer::v1::HourAccount::descriptor()->file(),
          volunteer::v1::Volunteer::descriptor()->file()};
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) methods.push_back(file->service(s)->method(m));
    }
  }
  return methods;
}

bool IsForServices(const type::Access& access) {
  return access.audiences_size() == 1 && access.audiences(0) == type::AUDIENCE_SERVICE;
}

TEST(Contract, EveryMethodHasAnAccessRuleThatCompiles) {
  ASSERT_GT(Methods().size(), 40u);
  for (const auto* method : Methods()) {
    EXPECT_EQ(AccessRule::Compile(*method).status().message(), "") << method->full_name();
  }
}

TEST(Contract, MethodsForPeopleHaveARouteAndMethodsForServicesHaveNone) {
  for (const auto* method : Methods()) {
    const bool routed = method->options().HasExtension(google::api::http);
    EXPECT_NE(routed, IsForServices(method->options().GetExtension(type::access))) << method->full_name();
  }
}

TEST(Contract, CreatingMethodsTakeARequestId) {
  for (const auto* method : Methods()) {
    const std::string& name = method->name();
    if (name.rfind("Create", 0) != 0) continue;
    EXPECT_NE(method->input_type()->FindFieldByName("request_id"), nullptr) << method->full_name();
  }
}

TEST(Contract, ListsArePaged) {
  // Short by nature: the roles, the themes and the moves of one activity.
  const std::set<std::string> whole = {"ListRoles", "ListThemes", "ListActivityMoves"};
  for (const auto* method : Methods()) {
    if (method->name().rfind("List", 0) != 0 || whole.count(method->name()) != 0) continue;
    EXPECT_NE(method->input_type()->FindFieldByName("page_token"), nullptr) << method->full_name();
    EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr) << method->full_name();
  }
}

TEST(Contract, EveryFieldOfARequestSaysHowItBehaves) {
  for (const auto* method : Methods()) {
    if (IsForServices(method->options().GetExtension(type::access))) continue;
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor* field = method->input_type()->field(i);
      EXPECT_GT(field->options().ExtensionSize(google::api::field_behavior), 0) << field->full_name();
    }
  }
}

}  // namespace
}  // namespace wenming::rpc
