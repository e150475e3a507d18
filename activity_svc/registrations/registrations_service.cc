#include "activity_svc/registrations/registrations_service.h"

#include <optional>
#include <utility>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/eligibility.h"
#include "activity_svc/registrations/excuse.h"
#include "activity_svc/registrations/own_export.h"
#include "activity_svc/registrations/own_registration.h"
#include "activity_svc/registrations/registrations_access.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_access.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

constexpr char kRead[] = "registrations.read";

absl::StatusOr<uint64_t> UnitOfShift(db::Session& session, uint64_t center_id, uint64_t shift_id) {
  const auto shift = LoadShift(session, center_id, shift_id);
  if (!shift.ok()) return shift.status();
  const auto activity = LoadActivity(session, center_id, shift->activity_id);
  if (!activity.ok()) return activity.status();
  return activity->unit_id;
}

std::optional<RosterPosition> ToPosition(const std::vector<db::Value>& values) {
  if (values.size() != 3) return std::nullopt;
  return RosterPosition{static_cast<RegistrationState>(std::get<int64_t>(values[0].data())),
                        std::get<int64_t>(values[1].data()), std::get<uint64_t>(values[2].data())};
}

// What is answered of a person (teams, skills, a lock, where he is at that time) is for himself and for the staff of
// his unit, whoever runs the shift.
absl::Status CheckMayAskAbout(db::Session& session, const rpc::Call& call, uint64_t volunteer_id) {
  if (call.IsVolunteer(volunteer_id)) return absl::OkStatus();
  const auto volunteer = LoadVolunteer(session, call.center_id, volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  // Of somebody who is not known there is nothing to tell.
  return volunteer->has_value() ? call.Authorise(kRead, (*volunteer)->unit_id) : absl::OkStatus();
}

}  // namespace

rpc::Service RegistrationsService::Bind() {
  return rpc::Service("wenming.activity.v1.RegistrationsService")
      .Async("CreateRegistration", rpc::kInline, this, &RegistrationsService::CreateRegistration)
      .Unary("GetRegistration", rpc::kPooled, this, &RegistrationsService::GetRegistration)
      .Unary("ListRegistrations", rpc::kPooled, this, &RegistrationsService::ListRegistrations)
      .Unary("ListMyRegistrations", rpc::kPooled, this, &RegistrationsService::ListMyRegistrations)
      .Unary("ExportMyRegistrations", rpc::kPooled, this, &RegistrationsService::ExportMyRegistrations)
      .Unary("ExplainEligibility", rpc::kPooled, this, &RegistrationsService::ExplainEligibility)
      .Async("ExcuseRegistration", rpc::kPooled, this,
             &RegistrationsService::Held<v1::ExcuseRegistrationRequest, &RegistrationsService::ExcuseRegistration>)
      .Async("CancelRegistration", rpc::kPooled, this,
             &RegistrationsService::Held<v1::CancelRegistrationRequest, &RegistrationsService::CancelRegistration>)
      .Async("AcceptOffer", rpc::kPooled, this,
             &RegistrationsService::Held<v1::AcceptOfferRequest, &RegistrationsService::AcceptOffer>)
      .Async("DeclineOffer", rpc::kPooled, this,
             &RegistrationsService::Held<v1::DeclineOfferRequest, &RegistrationsService::DeclineOffer>);
}

void RegistrationsService::CreateRegistration(const rpc::Call& call, const v1::CreateRegistrationRequest& request,
                                              rpc::Reply<v1::Registration> reply) {
  const auto shift_id = ParseId("shifts", "parent", request.parent());
  if (!shift_id.ok()) return reply.Send(shift_id.status());
  if (full_.Refuses(call.center_id, *shift_id, call.caller.id)) {
    metrics_.full.Increment();
    return reply.Send(errors::FailedPrecondition(type::REASON_SHIFT_FULL));
  }
  desk_.SignUp(call, request, *shift_id, std::move(reply));
}

void RegistrationsService::CountSignUp(const Verdict& verdict) const {
  if (verdict.repeated) return;
  const auto& answer = verdict.answer;
  if (answer.ok()) {
    (answer->state() == R::STATE_CONFIRMED ? metrics_.confirmed : metrics_.waitlisted).Increment();
  } else if (errors::ReasonOf(answer.status()) == type::REASON_SHIFT_FULL) {
    metrics_.full.Increment();
  } else if (absl::IsFailedPrecondition(answer.status()) || absl::IsAlreadyExists(answer.status())) {
    metrics_.refused.Increment();
  }
}

absl::StatusOr<v1::Registration> RegistrationsService::GetRegistration(const rpc::Call& call,
                                                                       const v1::GetRegistrationRequest& request) {
  const auto id = ParseId("registrations", "name", request.name());
  if (!id.ok()) return id.status();
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::Registration> {
    const auto registration = LoadRegistrationFor(session, call, *id);
    if (!registration.ok()) return registration.status();
    const auto moves = ListMovesOf(session, call.center_id, *id);
    if (!moves.ok()) return moves.status();
    v1::Registration answer = ToProto(*registration);
    for (const RegistrationMoveMade& move : *moves) ToProto(move, *answer.add_moves());
    return answer;
  });
}

absl::StatusOr<v1::ListRegistrationsResponse> RegistrationsService::ListRegistrations(
    const rpc::Call& call, const v1::ListRegistrationsRequest& request) {
  const auto shift_id = ParseId("shifts", "parent", request.parent());
  if (!shift_id.ok()) return shift_id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const auto after = ToPosition(*position).value_or(RosterPosition());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListRegistrationsResponse> {
    if (auto shift = LoadShiftFor(session, call, *shift_id, kRead); !shift.ok()) return shift.status();
    auto roster = ListRoster(session, call.center_id, *shift_id, request.state(), after, static_cast<int>(size) + 1);
    if (!roster.ok()) return roster.status();
    v1::ListRegistrationsResponse response;
    if (roster->size() > size) {
      roster->resize(size);
      const Registration& last = roster->back();
      response.set_next_page_token(pager_.Token(request, {last.state, last.waitlist_position, last.id}));
    }
    for (const Registration& registration : *roster) *response.add_registrations() = ToProto(registration);
    return response;
  });
}

absl::StatusOr<v1::ListMyRegistrationsResponse> RegistrationsService::ListMyRegistrations(
    const rpc::Call& call, const v1::ListMyRegistrationsRequest& request) {
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? UINT64_MAX : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto own = db::Read(db_, call.deadline, [&](db::Session& session) {
    return ListOwn(session, call.center_id, call.caller.id, before, static_cast<int>(size) + 1);
  });
  if (!own.ok()) return own.status();
  v1::ListMyRegistrationsResponse response;
  if (own->size() > size) {
    own->resize(size);
    response.set_next_page_token(pager_.Token(request, {own->back().id}));
  }
  for (const Registration& registration : *own) *response.add_registrations() = ToProto(registration);
  return response;
}

absl::StatusOr<v1::ExportMyRegistrationsResponse> RegistrationsService::ExportMyRegistrations(
    const rpc::Call& call, const v1::ExportMyRegistrationsRequest& request) {
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? UINT64_MAX : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  using Response = absl::StatusOr<v1::ExportMyRegistrationsResponse>;
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> Response {
    auto own = ExportOwn(tx, call.center_id, call.caller.id, before, size, call.language);
    if (!own.ok()) return own.status();
    if (auto status = trail_.Append(tx, call, {.object = call.caller.subject}); !status.ok()) return status;
    if (own->last_id != 0) own->page.set_next_page_token(pager_.Token(request, {own->last_id}));
    return std::move(own->page);
  });
}

absl::StatusOr<v1::Registration> RegistrationsService::CancelRegistration(
    const rpc::Call& call, const v1::CancelRegistrationRequest& request) {
  const auto id = ParseId("registrations", "name", request.name());
  if (!id.ok()) return id.status();
  const auto change = trail_.Run(call, request, /*repeatable=*/true,
                                 [&](db::Transaction& tx) { return CancelOwn(tx, call, ids_, *id, request.reason()); });
  if (!change.ok()) return change.status();
  if (change->changed) {
    (change->registration.state == R::STATE_LATE_CANCELLED ? metrics_.late_cancelled : metrics_.cancelled).Increment();
  }
  if (change->offered_again) metrics_.offered.Increment();
  return ToProto(change->registration);
}

absl::StatusOr<v1::ExplainEligibilityResponse> RegistrationsService::ExplainEligibility(
    const rpc::Call& call, const v1::ExplainEligibilityRequest& request) {
  const auto shift_id = ParseId("shifts", "shift", request.shift());
  if (!shift_id.ok()) return shift_id.status();
  auto volunteer_id = ParseOptionalId("volunteers", "volunteer", request.volunteer());
  if (!volunteer_id.ok()) return volunteer_id.status();
  if (*volunteer_id == 0 && call.IsVolunteer()) volunteer_id = call.caller.id;
  using Response = absl::StatusOr<v1::ExplainEligibilityResponse>;
  return db::Read(db_, call.deadline, [&](db::Session& session) -> Response {
    const auto unit = UnitOfShift(session, call.center_id, *shift_id);
    if (!unit.ok()) return unit.status();
    if (auto status = call.AuthoriseSelfOr(*volunteer_id, kRead, *unit); !status.ok()) return status;
    if (*volunteer_id == 0) return errors::InvalidField("volunteer", type::REASON_REQUIRED);
    if (auto status = CheckMayAskAbout(session, call, *volunteer_id); !status.ok()) return status;
    return Explain(session, call.center_id, {0, *shift_id, *volunteer_id, call.now});
  });
}

absl::StatusOr<v1::Registration> RegistrationsService::ExcuseRegistration(
    const rpc::Call& call, const v1::ExcuseRegistrationRequest& request) {
  const auto id = ParseId("registrations", "name", request.name());
  if (!id.ok()) return id.status();
  const auto change = trail_.Run(call, request, /*repeatable=*/true,
                                 [&](db::Transaction& tx) { return Excuse(tx, call, ids_, *id, request.reason()); });
  if (!change.ok()) return change.status();
  if (change->changed) metrics_.excused.Increment();
  if (change->offered_again) metrics_.offered.Increment();
  return ToProto(change->registration);
}

absl::StatusOr<v1::Registration> RegistrationsService::AcceptOffer(const rpc::Call& call,
                                                                   const v1::AcceptOfferRequest& request) {
  const auto id = ParseId("registrations", "name", request.name());
  if (!id.ok()) return id.status();
  const auto change = trail_.Run(call, request, /*repeatable=*/true,
                                 [&](db::Transaction& tx) { return AcceptOwnOffer(tx, call, ids_, *id); });
  if (!change.ok()) return change.status();
  const bool lapsed = change->registration.state == R::STATE_LAPSED;
  if (change->changed) (lapsed ? metrics_.lapsed : metrics_.accepted).Increment();
  if (change->offered_again) metrics_.offered.Increment();
  if (lapsed) return errors::FailedPrecondition(type::REASON_OFFER_LAPSED);
  return ToProto(change->registration);
}

absl::StatusOr<v1::Registration> RegistrationsService::DeclineOffer(const rpc::Call& call,
                                                                    const v1::DeclineOfferRequest& request) {
  const auto id = ParseId("registrations", "name", request.name());
  if (!id.ok()) return id.status();
  const auto change = trail_.Run(call, request, /*repeatable=*/true,
                                 [&](db::Transaction& tx) { return DeclineOwnOffer(tx, call, ids_, *id); });
  if (!change.ok()) return change.status();
  if (change->changed) metrics_.declined.Increment();
  if (change->offered_again) metrics_.offered.Increment();
  return ToProto(change->registration);
}

}  // namespace wenming::activity
