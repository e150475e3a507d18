// The seeded roles against the contract: what methods ask for is held by somebody, and nobody holds what none asks for.
#include "org_svc/staff/role_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

using ::testing::IsSubsetOf;

bool IsPermission(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c == '.' || absl::ascii_islower(c); });
  return plain && std::ranges::count(text, '.') == 1;
}

// Every permission that a proto names, in an access option or, for those a handler asks for, in a comment.
std::set<std::string> PermissionsOfTheContract() {
  std::set<std::string> permissions;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("protos/wenming")) {
    if (entry.path().extension() != ".proto") continue;
    const std::vector<std::string> lines = absl::StrSplit(ReadRepositoryFile(entry.path()), '\n');
    for (const std::string& line : lines) {
      const std::vector<std::string> parts = absl::StrSplit(line, '"');
      for (size_t i = 1; i + 1 < parts.size(); i += 2) {
        // What follows `scope:` is a field of the request.
        const bool scope = absl::EndsWith(parts[i - 1], "scope: ");
        if (!scope && IsPermission(parts[i])) permissions.insert(parts[i]);
      }
    }
  }
  // The examples in the description of the access option itself.
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
  EXPECT_FALSE(here_.roles.Find("system_admin")->grants.contains("auditor"));
  EXPECT_FALSE(Of("system_admin").contains("staff.secure"));
  EXPECT_TRUE(here_.roles.Find("auditor")->grants.empty());
  EXPECT_TRUE(here_.roles.Find("system_admin")->exclusions.contains("security_admin"));
  for (const v1::Role& role : here_.roles.All()) {
    if (role.key() == "auditor" || role.for_clients()) continue;
    EXPECT_TRUE(here_.roles.Find("auditor")->exclusions.contains(role.key())) << role.key();
    EXPECT_TRUE(here_.roles.Find(role.key())->exclusions.contains("auditor")) << role.key();
  }
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
