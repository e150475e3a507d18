#include "org_svc/staff/staff_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "org_svc/staff/credentials_store.h"
#include "org_svc/staff/password_rules.h"
#include "org_svc/staff/staff_rules.h"
#include "org_svc/staff/staff_store.h"

namespace wenming::org {
namespace {

constexpr char kRead[] = "staff.read";

// Names have passed the field rules.
uint64_t IdOf(std::string_view name) { return ids::ParseName("staff", name).value_or(0); }

Binding FromProto(const v1::RoleBinding& binding) {
  return {.role = binding.role(), .unit_id = ids::ParseName("units", binding.unit()).value_or(0)};
}

// To staff of a center, other centers' accounts do not exist.
bool OutOfReach(const rpc::Call& call, const StaffRecord& record) {
  return call.caller.center_id != 0 && call.caller.center_id != record.center_id;
}

// A colleague is seen by whoever may read on one of the units where he has a role.
absl::Status AuthoriseRead(const rpc::Call& call, const StaffRecord& record) {
  const auto may = [&call](const Binding& binding) { return call.May(kRead, binding.unit_id); };
  if (std::ranges::any_of(record.bindings, may)) return absl::OkStatus();
  return call.Authorise(kRead, record.center_id);
}

}  // namespace

rpc::Service StaffService::Bind() {
  return rpc::Service("wenming.org.v1.StaffService")
      .Unary("GetStaffMember", rpc::kPooled, this, &StaffService::GetStaffMember)
      .Unary("GetMyAccount", rpc::kPooled, this, &StaffService::GetMyAccount)
      .Unary("ListStaffMembers", rpc::kPooled, this, &StaffService::ListStaffMembers)
      .Unary("CreateStaffMember", rpc::kPooled, this, &StaffService::CreateStaffMember)
      .Unary("GrantRole", rpc::kPooled, this, &StaffService::GrantRole)
      .Unary("RevokeRole", rpc::kPooled, this, &StaffService::RevokeRole)
      .Unary("DisableStaffMember", rpc::kPooled, this, &StaffService::DisableStaffMember)
      .Unary("SetVolunteer", rpc::kPooled, this, &StaffService::SetVolunteer)
      .Unary("EnableStaffMember", rpc::kPooled, this, &StaffService::EnableStaffMember)
      .Unary("ResetPassword", rpc::kPooled, this, &StaffService::ResetPassword)
      .Unary("ResetSecondFactor", rpc::kPooled, this, &StaffService::ResetSecondFactor)
      .Unary("UnlockStaffMember", rpc::kPooled, this, &StaffService::UnlockStaffMember)
      .Unary("RevokeStaffSessions", rpc::kPooled, this, &StaffService::RevokeStaffSessions)
      .Unary("ListRoles", rpc::kInline, this, &StaffService::ListRoles);
}

absl::StatusOr<v1::StaffMember> StaffService::GetStaffMember(const rpc::Call& call,
                                                             const v1::GetStaffMemberRequest& request) {
  const auto record =
      db::Read(with_.db, call.deadline, [&](db::Session& session) { return ReadStaff(session, IdOf(request.name())); });
  if (!record.ok()) return record.status();
  if (OutOfReach(call, *record)) return errors::NotFound(request.name());
  if (absl::Status may = AuthoriseRead(call, *record); !may.ok()) return may;
  return ToMember(*record);
}

absl::StatusOr<v1::StaffMember> StaffService::GetMyAccount(const rpc::Call& call, const v1::GetMyAccountRequest&) {
  const auto record =
      db::Read(with_.db, call.deadline, [&](db::Session& session) { return ReadStaff(session, call.caller.id); });
  if (!record.ok()) return record.status();
  return ToMember(*record);
}

absl::StatusOr<v1::ListStaffMembersResponse> StaffService::ListStaffMembers(
    const rpc::Call& call, const v1::ListStaffMembersRequest& request) {
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  const std::string after = position->empty() ? "" : std::get<std::string>(position->front().data());
  const int size = paging::ClampPageSize(request.page_size());
  const uint64_t unit_id = ids::ParseName("units", request.parent()).value_or(0);
  auto records = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    if (unit_id == call.center_id) return ListStaff(session, call.center_id, after, size + 1);
    return ListStaffOn(session, call.center_id, call.directory->Subtree(unit_id), after, size + 1);
  });
  if (!records.ok()) return records.status();
  v1::ListStaffMembersResponse response;
  for (const StaffRecord& record : std::span(*records).first(std::min<size_t>(records->size(), size))) {
    *response.add_staff_members() = ToMember(record);
  }
  if (records->size() > static_cast<size_t>(size)) {
    response.set_next_page_token(with_.pager.Token(request, {(*records)[size - 1].username}));
  }
  return response;
}

absl::StatusOr<v1::StaffMember> StaffService::CreateStaffMember(const rpc::Call& call,
                                                                const v1::CreateStaffMemberRequest& request) {
  const Binding binding = FromProto(request.binding());
  if (absl::Status there = CheckUnit(*call.directory, binding.unit_id); !there.ok()) return there;
  if (absl::Status fits = CheckRoleFits(roles_, *call.directory, binding); !fits.ok()) return fits;
  if (absl::Status rules = CheckPassword("password", request.password(), request.username()); !rules.ok()) return rules;
  const auto hash = gate_.Hash(request.password(), call.deadline);
  if (!hash.ok()) return hash.status();
  // What is kept of a request for comparing must not help anybody guess the password.
  v1::CreateStaffMemberRequest compared = request;
  compared.clear_password();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  std::optional<v1::StaffChanged> event;
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<v1::StaffMember> {
    if (absl::Status may = MayGrant(transaction, call, binding); !may.ok()) return may;
    const StaffRecord record{.center_id = CenterOf(*call.directory, binding.unit_id),
                             .id = with_.ids.Next(),
                             .username = request.username(),
                             .display_name = request.display_name(),
                             .create_time = call.now,
                             .must_change = true,
                             .volunteer_id = ids::ParseName("volunteers", request.volunteer()).value_or(0),
                             .bindings = {binding}};
    if (absl::Status stored = InsertStaff(transaction, record, *hash); !stored.ok()) return stored;
    absl::Status kept = KeepPassword(transaction, with_.ids, record.center_id, record.id, *hash);
    if (!kept.ok()) return kept;
    auto published = PublishStaff(transaction, with_.ids, record, call.now);
    if (!published.ok()) return published.status();
    event = *std::move(published);
    return ToMember(record);
  };
  auto member = with_.trail.Run(call, request, !request.request_id().empty(), [&](db::Transaction& transaction) {
    event.reset();
    return idempotency::Run<v1::StaffMember>(transaction, scope, compared, call.now,
                                             [&] { return create(transaction); });
  });
  if (member.ok() && event) with_.changes.Tell(*event);
  return member;
}

absl::StatusOr<v1::StaffMember> StaffService::GrantRole(const rpc::Call& call, const v1::GrantRoleRequest& request) {
  const Binding binding = FromProto(request.binding());
  if (absl::Status there = CheckUnit(*call.directory, binding.unit_id); !there.ok()) return there;
  if (absl::Status fits = CheckRoleFits(roles_, *call.directory, binding); !fits.ok()) return fits;
  if (IdOf(request.name()) == call.caller.id) return errors::FailedPrecondition(type::REASON_OWN_ACCOUNT);
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (CenterOf(*call.directory, binding.unit_id) != record.center_id) {
      return errors::FailedPrecondition(type::REASON_OTHER_CENTER);
    }
    if (absl::Status may = MayGrant(transaction, call, binding); !may.ok()) return may;
    const auto place = std::ranges::lower_bound(record.bindings, binding);
    if (place != record.bindings.end() && *place == binding) return false;
    // The account is locked, so that two grants at once see each other.
    if (absl::Status apart = CheckSeparation(roles_, record.bindings, binding); !apart.ok()) return apart;
    // Whoever needs no second factor so far may have logged in without one.
    const bool anew = !NeedsSecondFactor(roles_, record.bindings);
    record.bindings.insert(place, binding);
    if (auto done = InsertBinding(transaction, record, binding, call.now); !done.ok()) return done;
    if (anew && NeedsSecondFactor(roles_, record.bindings)) {
      if (absl::Status ended = EndSessions(transaction, call, record); !ended.ok()) return ended;
    }
    return true;
  });
}

absl::StatusOr<v1::StaffMember> StaffService::RevokeRole(const rpc::Call& call, const v1::RevokeRoleRequest& request) {
  const Binding binding = FromProto(request.binding());
  if (IdOf(request.name()) == call.caller.id) return errors::FailedPrecondition(type::REASON_OWN_ACCOUNT);
  return Change(call, request, [&](db::Transaction& transaction, StaffRecord& record) -> absl::StatusOr<bool> {
    if (absl::Status may = MayGrant(transaction, call, binding); !may.ok()) return may;
    if (std::erase(record.bindings, binding) == 0) return errors::NotFound(binding.role);
    if (auto done = DeleteBinding(transaction, record, binding); !done.ok()) return done;
    return true;
  });
}

absl::StatusOr<v1::ListRolesResponse> StaffService::ListRoles(const rpc::Call&, const v1::ListRolesRequest&) {
  v1::ListRolesResponse response;
  for (v1::Role& role : roles_.All()) *response.add_roles() = std::move(role);
  return response;
}

absl::StatusOr<v1::StaffMember> StaffService::ChangeIn(db::Transaction& transaction, const rpc::Call& call,
                                                       std::string_view name, Edit edit,
                                                       std::optional<v1::StaffChanged>& event) {
  event.reset();
  auto record = LoadStaff(transaction, IdOf(name));
  if (!record.ok()) return record.status();
  if (OutOfReach(call, *record)) return errors::NotFound(name);
  // Judged after the edit: who may not act on an account does not learn its state.
  const absl::Status active = CheckActive(*record);
  const auto changed = edit(transaction, *record);
  if (!changed.ok()) return changed.status();
  // Only what makes it active again may be done to a disabled account.
  if (!active.ok() && !CheckActive(*record).ok()) return active;
  if (!*changed) return ToMember(*record);
  ++record->version;
  if (absl::Status stored = UpdateStaff(transaction, *record, call.now); !stored.ok()) return stored;
  auto published = PublishStaff(transaction, with_.ids, *record, call.now);
  if (!published.ok()) return published.status();
  event = *std::move(published);
  return ToMember(*record);
}

absl::Status StaffService::MayGrant(db::Session& session, const rpc::Call& call, const Binding& binding) const {
  const auto own = ReadStaff(session, call.caller.id);
  if (!own.ok()) return own.status();
  return CheckMayGrant(roles_, *call.directory, own->bindings, binding);
}

}  // namespace wenming::org
