#include "org_svc/staff/role_book.h"

#include <utility>

namespace wenming::org {
namespace {

constexpr char kRoles[] =
    "SELECT role, display_name, min_level, max_level, second_factor, for_clients FROM roles ORDER BY role";
constexpr char kPermissions[] = "SELECT role, permission FROM role_permissions ORDER BY role, permission";
constexpr char kGrants[] = "SELECT role, granted_role, below FROM role_grants ORDER BY role, granted_role";
constexpr char kExclusions[] = "SELECT role, other_role FROM role_exclusions ORDER BY role, other_role";

}  // namespace

absl::StatusOr<RoleBook> RoleBook::Read(db::Session& session) {
  const auto roles = session.Query(kRoles);
  if (!roles.ok()) return roles.status();
  const auto permissions = session.Query(kPermissions);
  if (!permissions.ok()) return permissions.status();
  const auto grants = session.Query(kGrants);
  if (!grants.ok()) return grants.status();
  const auto exclusions = session.Query(kExclusions);
  if (!exclusions.ok()) return exclusions.status();
  std::map<std::string, RoleDefinition, std::less<>> book;
  for (const db::Row& row : *roles) {
    book[row.Text(0)] = {.display_name = row.Text(1),
                         .min_level = static_cast<int>(row.Int(2)),
                         .max_level = static_cast<int>(row.Int(3)),
                         .second_factor = row.Bool(4),
                         .for_clients = row.Bool(5),
                         .permissions = {},
                         .grants = {},
                         .exclusions = {}};
  }
  for (const db::Row& row : *permissions) book[row.Text(0)].permissions.push_back(row.Text(1));
  for (const db::Row& row : *grants) book[row.Text(0)].grants.emplace(row.Text(1), row.Bool(2));
  for (const db::Row& row : *exclusions) {
    book[row.Text(0)].exclusions.insert(row.Text(1));
    book[row.Text(1)].exclusions.insert(row.Text(0));
  }
  return RoleBook(std::move(book));
}

const RoleDefinition* RoleBook::Find(std::string_view role) const {
  const auto found = roles_.find(role);
  return found == roles_.end() ? nullptr : &found->second;
}

std::vector<v1::Role> RoleBook::All() const {
  std::vector<v1::Role> all;
  for (const auto& [key, definition] : roles_) {
    v1::Role& role = all.emplace_back();
    role.set_key(key);
    role.set_display_name(definition.display_name);
    role.set_second_factor(definition.second_factor);
    role.set_for_clients(definition.for_clients);
    role.mutable_permissions()->Assign(definition.permissions.begin(), definition.permissions.end());
  }
  return all;
}

}  // namespace wenming::org
