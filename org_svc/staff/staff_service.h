// Implements wenming.org.v1.StaffService.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/password_hasher.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "org_svc/dependencies.h"
#include "org_svc/staff/role_book.h"
#include "org_svc/staff/staff_record.h"
#include "wenming/org/v1/staff.pb.h"

namespace wenming::org {

// Thread-safe.
class StaffService {
 public:
  StaffService(const Dependencies& with, const RoleBook& roles, const auth::PasswordHasher& hasher)
      : with_(with), roles_(roles), hasher_(hasher) {}

  rpc::Service Bind();

  absl::StatusOr<v1::StaffMember> GetStaffMember(const rpc::Call& call, const v1::GetStaffMemberRequest& request);
  absl::StatusOr<v1::StaffMember> GetMyAccount(const rpc::Call& call, const v1::GetMyAccountRequest& request);
  absl::StatusOr<v1::ListStaffMembersResponse> ListStaffMembers(const rpc::Call& call,
                                                                const v1::ListStaffMembersRequest& request);
  absl::StatusOr<v1::StaffMember> CreateStaffMember(const rpc::Call& call, const v1::CreateStaffMemberRequest& request);
  absl::StatusOr<v1::StaffMember> GrantRole(const rpc::Call& call, const v1::GrantRoleRequest& request);
  absl::StatusOr<v1::StaffMember> RevokeRole(const rpc::Call& call, const v1::RevokeRoleRequest& request);
  absl::StatusOr<v1::StaffMember> DisableStaffMember(const rpc::Call& call,
                                                     const v1::DisableStaffMemberRequest& request);
  absl::StatusOr<v1::ListRolesResponse> ListRoles(const rpc::Call& call, const v1::ListRolesRequest& request);

 private:
  // Answers whether it changed anything.
  using Edit = absl::FunctionRef<absl::StatusOr<bool>(db::Transaction&, StaffRecord&)>;

  // Loads an account of the caller's reach, lets `edit` change it, stores and tells it.
  absl::StatusOr<v1::StaffMember> Change(const rpc::Call& call, std::string_view name, Edit edit);
  // Whether the caller may grant, and so also end, the role.
  absl::Status MayGrant(db::Session& session, const rpc::Call& call, const Binding& binding) const;

  const Dependencies with_;
  const RoleBook& roles_;
  const auth::PasswordHasher& hasher_;
};

}  // namespace wenming::org
