// The roles there are: what each allows, where it may be bound, which roles its holder may grant and end.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "wenming/org/v1/staff.pb.h"

namespace wenming::org {

struct RoleDefinition {
  std::string display_name;
  int min_level = 0;  // of the unit, as v1::Unit::Level; 0 is the platform
  int max_level = 0;
  bool second_factor = false;            // its holders need one
  bool for_clients = false;              // of back ends, not of people
  std::vector<std::string> permissions;  // sorted
  std::map<std::string, bool> grants;    // role, and whether only below the unit that this one is bound to
  std::set<std::string> exclusions;      // roles that its holder has none of
};

// A value; const access is thread-safe.
class RoleBook {
 public:
  explicit RoleBook(std::map<std::string, RoleDefinition, std::less<>> roles) : roles_(std::move(roles)) {}

  // From the tables roles, role_permissions, role_grants and role_exclusions.
  static absl::StatusOr<RoleBook> Read(db::Session& session);

  // Null where there is no such role.
  const RoleDefinition* Find(std::string_view role) const;
  // In the order of their keys.
  std::vector<v1::Role> All() const;

 private:
  std::map<std::string, RoleDefinition, std::less<>> roles_;
};

}  // namespace wenming::org
