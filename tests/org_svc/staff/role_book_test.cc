// The seeded roles against the contract: what methods ask for is held by somebody, and nobody holds what none asks for.
#include "org_svc/staff/role_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

using ::testing::IsSubsetOf;

// Every permission that a proto names, in an access option or, for those a handler asks for, in a comment.
std::set<std::string> PermissionsOfTheContract() {
  const std::regex quoted("\"([a-z]+\\.[a-z]+)\"");
  std::set<std::string> permissions;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("protos/wenming")) {
    if (entry.path().extension() != ".proto") continue;
    const std::string text = ReadRepositoryFile(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at) {
      const std::string before = text.substr(0, static_cast<size_t>(at->position()));
      const std::string line = before.substr(before.rfind('\n') + 1);
      if (line.find("scope") == std::string::npos) permissions.insert((*at)[1]);
    }
  }
  // The example in the description of the access option itself.
  permissions.erase("unit.parent");
  return permissions;
}

class RoleBookTest : public OrgTest {
 protected:
  std::set<std::string> Of(std::string_view role) {
    const RoleDefinition* definition = here_.roles.Find(role);
    EXPECT_NE(definition, nullptr) << role;
    return {definition->permissions.begin(), definition->permissions.end()};
  }
};

TEST_F(RoleBookTest, HoldsThePermissionsOfTheContract) {
  std::set<std::string> held;
  for (const v1::Role& role : here_.roles.All()) held.insert(role.permissions().begin(), role.permissions().end());
  EXPECT_EQ(held, PermissionsOfTheContract());
}

TEST_F(RoleBookTest, SeparatesThePowers) {
  for (const std::string& permission : Of("system_admin")) {
    EXPECT_THAT(permission, ::testing::Not(::testing::HasSubstr("volunteers"))) << "the system admin sees no volunteer";
  }
  for (const std::string& permission : Of("auditor")) EXPECT_THAT(permission, ::testing::EndsWith(".read"));
  EXPECT_THAT(Of("unit_admin"), IsSubsetOf(Of("center_admin")));
  EXPECT_THAT(Of("team_leader"), IsSubsetOf(Of("unit_admin")));
  EXPECT_FALSE(here_.roles.Find("center_admin")->grants.contains("auditor"));
  EXPECT_FALSE(here_.roles.Find("center_admin")->grants.contains("center_admin"));
  EXPECT_TRUE(here_.roles.Find("auditor")->grants.empty());
  EXPECT_TRUE(here_.roles.Find("team_leader")->grants.empty());
}

TEST_F(RoleBookTest, EveryRoleHasANameInOrderOfKeys) {
  std::string previous;
  for (const v1::Role& role : here_.roles.All()) {
    EXPECT_LT(previous, role.key());
    EXPECT_NE(role.display_name(), "");
    previous = role.key();
  }
}

}  // namespace
}  // namespace wenming::org
