#include "org_svc/staff/staff_rules.h"

#include <algorithm>

#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::org {
namespace {

constexpr uint64_t kPlatform = 0;

// Whether decisions may still rest on a binding to this unit.
bool Alive(const auth::Directory& directory, uint64_t unit_id) {
  if (unit_id == kPlatform) return true;
  const auto unit = directory.FindUnit(unit_id);
  return unit && !unit->deleted;
}

}  // namespace

absl::Status CheckUnit(const auth::Directory& directory, uint64_t unit_id) {
  if (Alive(directory, unit_id)) return absl::OkStatus();
  return errors::InvalidField("binding.unit", type::REASON_UNKNOWN_REFERENCE,
                              {{"value", ids::ResourceName("units", unit_id)}});
}

uint64_t CenterOf(const auth::Directory& directory, uint64_t unit_id) {
  const auto unit = directory.FindUnit(unit_id);
  return unit ? unit->center_id : kPlatform;
}

absl::Status CheckRoleFits(const RoleBook& roles, const auth::Directory& directory, const Binding& wanted,
                           bool for_clients) {
  const RoleDefinition* role = roles.Find(wanted.role);
  if (role == nullptr || role->for_clients != for_clients)
    return errors::InvalidField("binding.role", type::REASON_UNKNOWN_VALUE);
  const auto unit = directory.FindUnit(wanted.unit_id);
  const int level = unit ? unit->level : 0;
  if (level >= role->min_level && level <= role->max_level) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_ROLE_LEVEL, {{"role", wanted.role}});
}

absl::Status CheckMayGrant(const RoleBook& roles, const auth::Directory& directory, std::span<const Binding> own,
                           const Binding& wanted) {
  const bool may = std::ranges::any_of(own, [&](const Binding& held) {
    const RoleDefinition* role = roles.Find(held.role);
    if (role == nullptr || !Alive(directory, held.unit_id)) return false;
    const auto grant = role->grants.find(wanted.role);
    if (grant == role->grants.end() || !directory.Within(wanted.unit_id, held.unit_id)) return false;
    const bool only_below = grant->second;
    return !only_below || wanted.unit_id != held.unit_id;
  });
  if (may) return absl::OkStatus();
  return errors::PermissionDenied(type::REASON_GRANT_BEYOND_OWN, {{"role", wanted.role}});
}

absl::Status CheckSeparation(const RoleBook& roles, std::span<const Binding> held, const Binding& wanted) {
  const RoleDefinition* role = roles.Find(wanted.role);
  for (const Binding& binding : held) {
    if (role != nullptr && role->exclusions.contains(binding.role)) {
      return errors::FailedPrecondition(type::REASON_DUTIES_SEPARATE, {{"role", wanted.role}, {"held", binding.role}});
    }
  }
  return absl::OkStatus();
}

bool NeedsSecondFactor(const RoleBook& roles, std::span<const Binding> held) {
  return std::ranges::any_of(held, [&](const Binding& binding) {
    const RoleDefinition* role = roles.Find(binding.role);
    return role != nullptr && role->second_factor;
  });
}

absl::Status CheckActive(const StaffRecord& record) {
  if (record.state == v1::StaffMember::STATE_ACTIVE) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", v1::StaffMember::State_Name(record.state)}, {"allowed", "-"}});
}

}  // namespace wenming::org
