// Implements wenming.org.v1.StaffService.
#pragma once

#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/password_gate.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "common/sessions/sessions.h"
#include "org_svc/dependencies.h"
#include "org_svc/staff/log_in_attempts.h"
#include "org_svc/staff/role_book.h"
#include "org_svc/staff/staff_record.h"
#include "wenming/org/v1/staff.pb.h"

namespace wenming::org {

// Thread-safe.
class StaffService {
 public:
  StaffService(const Dependencies& with, const RoleBook& roles, const auth::PasswordGate& gate,
               const sessions::Sessions& sessions, const LogInAttempts& attempts)
      : with_(with), roles_(roles), gate_(gate), sessions_(sessions), attempts_(attempts) {}

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
  absl::StatusOr<v1::StaffMember> SetVolunteer(const rpc::Call& call, const v1::SetVolunteerRequest& request);
  absl::StatusOr<v1::StaffMember> EnableStaffMember(const rpc::Call& call, const v1::EnableStaffMemberRequest& request);
  absl::StatusOr<v1::StaffMember> ResetPassword(const rpc::Call& call, const v1::ResetPasswordRequest& request);
  absl::StatusOr<v1::StaffMember> ResetSecondFactor(const rpc::Call& call, const v1::ResetSecondFactorRequest& request);
  absl::StatusOr<v1::StaffMember> UnlockStaffMember(const rpc::Call& call, const v1::UnlockStaffMemberRequest& request);
  absl::StatusOr<v1::StaffMember> RevokeStaffSessions(const rpc::Call& call,
                                                      const v1::RevokeStaffSessionsRequest& request);
  absl::StatusOr<v1::ListRolesResponse> ListRoles(const rpc::Call& call, const v1::ListRolesRequest& request);

 private:
  // Answers whether it changed what the directory says of the account.
  using Edit = absl::FunctionRef<absl::StatusOr<bool>(db::Transaction&, StaffRecord&)>;

  // Loads an account of the caller's reach, lets `edit` change it, stores and tells it, with a record in the audit log.
  template <typename Request>
  absl::StatusOr<v1::StaffMember> Change(const rpc::Call& call, const Request& request, Edit edit);
  absl::StatusOr<v1::StaffMember> ChangeIn(db::Transaction& transaction, const rpc::Call& call, std::string_view name,
                                           Edit edit, std::optional<v1::StaffChanged>& event);
  // Whether the caller may grant, and so also end, the role.
  absl::Status MayGrant(db::Session& session, const rpc::Call& call, const Binding& binding) const;
  // Whether the caller holds the permission wherever the account has a role, and it is not his own.
  absl::Status MayOn(const rpc::Call& call, std::string_view permission, const StaffRecord& record) const;
  // Whether the caller could end all that the account may do.
  absl::Status MayEnd(db::Session& session, const rpc::Call& call, const StaffRecord& record) const;
  absl::Status EndSessions(db::Transaction& transaction, const rpc::Call& call, const StaffRecord& record) const;

  const Dependencies with_;
  const RoleBook& roles_;
  const auth::PasswordGate& gate_;
  const sessions::Sessions& sessions_;
  const LogInAttempts& attempts_;
};

template <typename Request>
absl::StatusOr<v1::StaffMember> StaffService::Change(const rpc::Call& call, const Request& request, Edit edit) {
  std::optional<v1::StaffChanged> event;
  auto member = with_.trail.Run(call, request, /*repeatable=*/false, [&](db::Transaction& transaction) {
    return ChangeIn(transaction, call, request.name(), edit, event);
  });
  if (member.ok() && event) with_.changes.Tell(*event);
  return member;
}

}  // namespace wenming::org
