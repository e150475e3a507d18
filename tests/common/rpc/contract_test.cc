// Holds the contract itself to its rules: every method of every service is found in the descriptors.

#include <set>
#include <string>

#include "common/rpc/access.h"
#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/support/contract.h"

namespace wenming::rpc {
namespace {

using google::protobuf::FieldDescriptor;

bool IsForServices(const type::Access& access) {
  return access.audiences_size() == 1 && access.audiences(0) == type::AUDIENCE_SERVICE;
}

TEST(Contract, EveryMethodHasAnAccessRuleThatCompiles) {
  ASSERT_GT(test::AllMethods().size(), 40u);
  for (const auto* method : test::AllMethods()) {
    EXPECT_EQ(AccessRule::Compile(*method).status().message(), "") << method->full_name();
  }
}

TEST(Contract, MethodsForPeopleHaveARouteAndMethodsForServicesHaveNone) {
  for (const auto* method : test::AllMethods()) {
    const bool routed = method->options().HasExtension(google::api::http);
    EXPECT_NE(routed, IsForServices(method->options().GetExtension(type::access))) << method->full_name();
  }
}

TEST(Contract, CreatingMethodsTakeARequestId) {
  for (const auto* method : test::AllMethods()) {
    const std::string& name = method->name();
    if (name.rfind("Create", 0) != 0) continue;
    EXPECT_NE(method->input_type()->FindFieldByName("request_id"), nullptr) << method->full_name();
  }
}

TEST(Contract, ListsArePaged) {
  // Short by nature: the roles, the themes and the moves of one activity.
  const std::set<std::string> whole = {"ListRoles", "ListThemes", "ListActivityMoves"};
  for (const auto* method : test::AllMethods()) {
    if (method->name().rfind("List", 0) != 0 || whole.count(method->name()) != 0) continue;
    EXPECT_NE(method->input_type()->FindFieldByName("page_token"), nullptr) << method->full_name();
    EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr) << method->full_name();
  }
}

TEST(Contract, EveryFieldOfARequestSaysHowItBehaves) {
  for (const auto* method : test::AllMethods()) {
    if (IsForServices(method->options().GetExtension(type::access))) continue;
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor* field = method->input_type()->field(i);
      EXPECT_GT(field->options().ExtensionSize(google::api::field_behavior), 0) << field->full_name();
    }
  }
}

}  // namespace
}  // namespace wenming::rpc
