// The part of StaffService that decides whether and how somebody gets in: disabling, resets, sessions.
#include <algorithm>

#include "common/errors/errors.h"
#include "org_svc/staff/credentials_store.h"
#include "org_svc/staff/password_rules.h"
#include "org_svc/staff/staff_service.h"

namespace wenming::org {
namespace {

constexpr char kWrite[] = "staff.write";
constexpr char kSecure[] = "staff.secure";

bool MayWherever(const rpc::Call& call, std::string_view permission, const StaffRecord& record) {
  if (record.bindings.empty()) return call.May(permission, record.center_id);
  return std::ranges::all_of(record.bindings,
                             [&](const Binding& binding) { return call.May(permission, binding.unit_id); });
}

}  // namespace

absl::Status StaffService::MayOn(const rpc::Call& call, std::string_view permission, const StaffRecord& record) const {
  if (record.bindings.empty()) {
    if (absl::Status may = call.Authorise(permission, record.center_id); !may.ok()) return may;
  }
  for (const Binding& binding : record.bindings) {
    if (absl::Status may = call.Authorise(permission, binding.unit_id); !may.ok()) return may;
  }
  return record.id == call.caller.id ? errors::FailedPrecondition(type::REASON_OWN_ACCOUNT) : absl::OkStatus();
}

absl::Status StaffService::MayEnd(db::Session& session, const rpc::Call& call, const StaffRecord& record) const {
  if (absl::Status may = MayOn(call, kWrite, record); !may.ok()) return may;
  for (const Binding& binding : record.bindings) {
    if (absl::Status may = MayGrant(session, call, binding); !may.ok()) return may;
  }
  return absl::OkStatus();
}

absl::Status StaffService::EndSessions(db::Transaction& transaction, const rpc::Call& call,
                                       const StaffRecord& record) const {
  return sessions_.RevokeAll(transaction, record.center_id, record.id, 0, call.arrival).status();
}

absl::StatusOr<v1::StaffMember> StaffService::DisableStaffMember(const rpc::Call& call,
                                                                 const v1::DisableStaffMemberRequest& request) {
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    const bool secures = MayWherever(call, kSecure, record);
    absl::Status may = secures ? MayOn(call, kSecure, record) : MayEnd(transaction, call, record);
    if (!may.ok()) return may;
    record.state = v1::StaffMember::STATE_DISABLED;
    if (absl::Status ended = EndSessions(transaction, call, record); !ended.ok()) return ended;
    return true;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::EnableStaffMember(const rpc::Call& call,
                                                                const v1::EnableStaffMemberRequest& request) {
  return Change(call, request, [&](db::Transaction&, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayOn(call, kSecure, record); !may.ok()) return may;
    if (record.state != v1::StaffMember::STATE_DISABLED) {
      return errors::FailedPrecondition(type::REASON_NOT_DISABLED);
    }
    record.state = v1::StaffMember::STATE_ACTIVE;
    return true;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::SetVolunteer(const rpc::Call& call,
                                                           const v1::SetVolunteerRequest& request) {
  const uint64_t volunteer_id = ids::ParseName("volunteers", request.volunteer()).value_or(0);
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayEnd(transaction, call, record); !may.ok()) return may;
    if (record.volunteer_id == volunteer_id) return false;
    record.volunteer_id = volunteer_id;
    return true;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::ResetPassword(const rpc::Call& call,
                                                            const v1::ResetPasswordRequest& request) {
  const auto hash = gate_.Hash(request.password(), call.deadline);
  if (!hash.ok()) return hash.status();
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayOn(call, kSecure, record); !may.ok()) return may;
    if (absl::Status rules = CheckPassword("password", request.password(), record.username); !rules.ok()) return rules;
    absl::Status set = SetPassword(transaction, with_.ids, record.center_id, record.id, *hash, /*must_change=*/true);
    if (!set.ok()) return set;
    record.must_change = true;
    if (absl::Status ended = EndSessions(transaction, call, record); !ended.ok()) return ended;
    return false;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::ResetSecondFactor(const rpc::Call& call,
                                                                const v1::ResetSecondFactorRequest& request) {
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayOn(call, kSecure, record); !may.ok()) return may;
    if (absl::Status set = SetTotpSecret(transaction, record.center_id, record.id, ""); !set.ok()) return set;
    record.second_factor = false;
    if (absl::Status ended = EndSessions(transaction, call, record); !ended.ok()) return ended;
    return false;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::UnlockStaffMember(const rpc::Call& call,
                                                                const v1::UnlockStaffMemberRequest& request) {
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayOn(call, kSecure, record); !may.ok()) return may;
    if (absl::Status unlocked = attempts_.Unlock(transaction, record.username); !unlocked.ok()) return unlocked;
    return false;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::RevokeStaffSessions(const rpc::Call& call,
                                                                  const v1::RevokeStaffSessionsRequest& request) {
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayOn(call, kSecure, record); !may.ok()) return may;
    if (absl::Status ended = EndSessions(transaction, call, record); !ended.ok()) return ended;
    return false;
  });
}

}  // namespace wenming::org
