// Holds the contract itself to its rules: every method of every service is found in the descriptors.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
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
  // Short by nature: the roles, the themes, the moves of one activity and the log-ins of one account.
  const std::set<std::string> whole = {"ListRoles", "ListThemes", "ListActivityMoves", "ListSessions"};
  for (const auto* method : test::AllMethods()) {
    // Whatever answers a list of things is one, whatever it is called; a page is read on from a token, never from a
    // count.
    bool list = method->name().rfind("List", 0) == 0;
    for (int i = 0; i < method->output_type()->field_count(); ++i) {
      list |= method->output_type()->field(i)->name() == "next_page_token";
    }
    if (!list || whole.count(method->name()) != 0) continue;
    const auto* token = method->input_type()->FindFieldByName("page_token");
    const auto* size = method->input_type()->FindFieldByName("page_size");
    ASSERT_NE(token, nullptr) << method->full_name();
    ASSERT_NE(size, nullptr) << method->full_name();
    EXPECT_EQ(token->type(), FieldDescriptor::TYPE_STRING) << method->full_name();
    EXPECT_EQ(size->type(), FieldDescriptor::TYPE_INT32) << method->full_name();
    EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr) << method->full_name();
    for (const char* counted : {"offset", "skip", "page", "page_number"}) {
      EXPECT_EQ(method->input_type()->FindFieldByName(counted), nullptr) << method->full_name();
    }
  }
}

// A statement that counts rows off reads them first, more for every page. Tests run where the sources are.
TEST(Contract, NoStatementSkipsRows) {
  const std::regex skips(R"(\bOFFSET\b|\bLIMIT\s*(\?|\d+)\s*,)");
  EXPECT_TRUE(std::regex_search(std::string("ORDER BY id LIMIT ? OFFSET ?"), skips));
  EXPECT_TRUE(std::regex_search(std::string("ORDER BY id LIMIT ?, ?"), skips));
  EXPECT_FALSE(std::regex_search(std::string("ORDER BY id LIMIT ?"), skips));
  int stores = 0;
  for (const char* folder : {"common", "org_svc", "volunteer_svc", "activity_svc"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".cc") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      stores += text.str().find("SELECT ") != std::string::npos ? 1 : 0;
      EXPECT_FALSE(std::regex_search(text.str(), skips)) << entry.path();
    }
  }
  EXPECT_GT(stores, 30);
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
