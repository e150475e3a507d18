#include "activity_svc/settlements/settlements_service.h"

#include "activity_svc/activities/activities_access.h"
#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_access.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/settlements/deadlines.h"
#include "activity_svc/settlements/public_hours.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/shifts/shifts_access.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

absl::StatusOr<v1::Settlement> Describe(db::Session& session, const rpc::Call& call, const Shift& shift) {
  const auto steps = ListSteps(session, call.center_id, shift.id);
  if (!steps.ok()) return steps.status();
  const auto policy = LoadPolicy(session, call.center_id);
  if (!policy.ok()) return policy.status();
  v1::Settlement settlement;
  settlement.set_shift(ids::ResourceName("shifts", shift.id));
  for (const SettlementStep& step : *steps) {
    auto& proto = *settlement.add_steps();
    proto.set_kind(step.kind);
    proto.set_actor(step.actor);
    *proto.mutable_step_time() = ToProto(step.time);
    proto.set_late(step.late);
  }
  const auto recording = DueIfKnown(RecordingDue(session, call.center_id, shift));
  if (!recording.ok()) return recording.status();
  if (*recording) {
    *settlement.mutable_recording_due_time() = ToProto(**recording);
    const bool open = shift.state != v1::Shift::STATE_SETTLED && shift.state != v1::Shift::STATE_CANCELLED;
    settlement.set_overdue(open && call.now >= **recording);
  }
  const auto from = AppealsRunFrom(*steps);
  if (!from) return settlement;
  const auto appeal = DueIfKnown(DueAfter(session, call.center_id, *from, policy->appeal_working_days));
  if (!appeal.ok()) return appeal.status();
  if (*appeal) *settlement.mutable_appeal_due_time() = ToProto(**appeal);
  return settlement;
}

}  // namespace

rpc::Service SettlementsService::Bind() {
  return rpc::Service("wenming.activity.v1.SettlementsService")
      .Unary("GetSettlement", rpc::kPooled, this, &SettlementsService::GetSettlement)
      .Unary("ListHourEntries", rpc::kPooled, this, &SettlementsService::ListHourEntries)
      .Unary("ListPublicHours", rpc::kPooled, this, &SettlementsService::ListPublicHours)
      .Unary("ReverseHours", rpc::kPooled, this, &SettlementsService::ReverseHours);
}

absl::StatusOr<v1::Settlement> SettlementsService::GetSettlement(const rpc::Call& call,
                                                                 const v1::GetSettlementRequest& request) {
  const auto id = ParseId("shifts", "shift", request.shift());
  if (!id.ok()) return id.status();
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::Settlement> {
    const auto shift = LoadShiftFor(session, call, *id, "registrations.read");
    if (!shift.ok()) return shift.status();
    return Describe(session, call, *shift);
  });
}

absl::StatusOr<v1::ListHourEntriesResponse> SettlementsService::ListHourEntries(
    const rpc::Call& call, const v1::ListHourEntriesRequest& request) {
  const auto id = ParseId("registrations", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const int after = position->empty() ? -1 : static_cast<int>(std::get<int64_t>(position->front().data()));
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListHourEntriesResponse> {
    if (auto seen = LoadRegistrationFor(session, call, *id); !seen.ok()) return seen.status();
    auto entries = ListEntries(session, call.center_id, *id, after, static_cast<int>(size) + 1);
    if (!entries.ok()) return entries.status();
    v1::ListHourEntriesResponse response;
    if (entries->size() > size) {
      entries->resize(size);
      response.set_next_page_token(pager_.Token(request, {static_cast<int64_t>(entries->back().revision)}));
    }
    for (const HourEntry& entry : *entries) *response.add_entries() = ToProto(entry, "registrations");
    return response;
  });
}

absl::StatusOr<v1::ListPublicHoursResponse> SettlementsService::ListPublicHours(
    const rpc::Call& call, const v1::ListPublicHoursRequest& request) {
  const auto id = ParseId("shifts", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto values = pager_.Position(request);
  if (!values.ok()) return values.status();
  PublicPosition position;
  if (values->size() == 2) {
    position = {std::get<int64_t>((*values)[0].data()) != 0, std::get<uint64_t>((*values)[1].data())};
  }
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListPublicHoursResponse> {
    const auto shift = LoadShift(session, call.center_id, *id);
    if (!shift.ok()) return shift.status();
    const auto activity = LoadActivity(session, call.center_id, shift->activity_id);
    if (!activity.ok()) return activity.status();
    if (!MaySee(call, *activity)) return errors::NotFound(request.parent());
    auto hours = activity::ListPublicHours(session, call.center_id, *shift, position, static_cast<int>(size) + 1);
    if (!hours.ok()) return hours.status();
    v1::ListPublicHoursResponse response;
    if (hours->size() > size) {
      hours->resize(size);
      const PublicPosition& last = hours->back().position;
      response.set_next_page_token(pager_.Token(request, {static_cast<int64_t>(last.supplements), last.after}));
    }
    for (const PublicHours& one : *hours) *response.add_hours() = ToProto(one);
    return response;
  });
}

absl::StatusOr<v1::HourEntry> SettlementsService::ReverseHours(const rpc::Call& call,
                                                               const v1::ReverseHoursRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    return idempotency::Run<v1::HourEntry>(tx, scope, request, call.now,
                                           [&] { return Reverse(tx, call, *id, request.reason()); });
  });
}

absl::StatusOr<v1::HourEntry> SettlementsService::Reverse(db::Transaction& tx, const rpc::Call& call,
                                                          uint64_t registration_id, const std::string& reason) {
  const auto registration = LoadRegistration(tx, call.center_id, registration_id);
  if (!registration.ok()) return registration.status();
  const auto activity = LoadActivity(tx, call.center_id, registration->activity_id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise("hours.settle", activity->unit_id); !status.ok()) return status;
  if (auto status = CheckNotOwnHours(call, registration->volunteer_id); !status.ok()) return status;
  // What is told the ledger of one person is told by one after the other.
  if (auto person = LockVolunteer(tx, call.center_id, registration->volunteer_id); !person.ok()) return person.status();
  const auto shift = LockShift(tx, call.center_id, registration->shift_id);
  if (!shift.ok()) return shift.status();
  const auto last = LastEntry(tx, call.center_id, registration_id);
  if (!last.ok()) return last.status();
  if (!last->has_value() || !(*last)->credits()) return errors::FailedPrecondition(type::REASON_NOT_CREDITED);
  if ((*last)->recorder_id == call.caller.id) return errors::PermissionDenied(type::REASON_TAKEN_PART);
  const Word word{call.center_id, call.caller.id, reason, call.now};
  const auto reversed = TellReversal(tx, ids_, word, **last);
  if (!reversed.ok()) return reversed.status();
  const Notice notice{.volunteer_id = reversed->volunteer_id,
                      .kind = v1::Notice::KIND_HOURS_REVERSED,
                      .source_id = reversed->source_id,
                      .activity_id = activity->id,
                      .minutes = reversed->minutes,
                      .reason = reason,
                      .create_time = call.now};
  const absl::Status told = Tell(tx, ids_, call.center_id, {&notice, 1});
  if (!told.ok()) return told;
  return ToProto(*reversed, "registrations");
}

}  // namespace wenming::activity
