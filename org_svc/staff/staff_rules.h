// The rules on roles: who may grant and end which, where. Pure functions.
#pragma once

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "common/auth/directory.h"
#include "org_svc/staff/role_book.h"
#include "org_svc/staff/staff_record.h"

namespace wenming::org {

// The unit of a binding: INVALID_ARGUMENT for one that is not there or was deleted; nothing for the platform.
absl::Status CheckUnit(const auth::Directory& directory, uint64_t unit_id);

// The center a binding on the unit belongs to; 0 for the platform.
uint64_t CenterOf(const auth::Directory& directory, uint64_t unit_id);

// INVALID_ARGUMENT for a role that does not exist, or is not for people (`for_clients`: for back ends);
// FAILED_PRECONDITION with REASON_ROLE_LEVEL where it may not be bound.
absl::Status CheckRoleFits(const RoleBook& roles, const auth::Directory& directory, const Binding& wanted,
                           bool for_clients = false);

// PERMISSION_DENIED with REASON_GRANT_BEYOND_OWN unless one of the caller's own bindings, on the unit or above it, is a
// role that grants the wanted one there.
absl::Status CheckMayGrant(const RoleBook& roles, const auth::Directory& directory, std::span<const Binding> own,
                           const Binding& wanted);

// FAILED_PRECONDITION with REASON_DUTIES_SEPARATE where one person would hold two roles that exclude each other.
absl::Status CheckSeparation(const RoleBook& roles, std::span<const Binding> held, const Binding& wanted);

// Whether a role of the account needs a second factor.
bool NeedsSecondFactor(const RoleBook& roles, std::span<const Binding> held);

// FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED for an account that is disabled: it must be enabled first.
absl::Status CheckActive(const StaffRecord& record);

}  // namespace wenming::org
