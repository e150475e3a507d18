#include "activity_svc/supplements/supplements_service.h"

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/calendars/working_days.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/settlements/deadlines.h"
#include "activity_svc/settlements/hour_entry.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/shifts/shifts_access.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/supplements/supplements_rules.h"
#include "activity_svc/supplements/supplements_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

using S = v1::Supplement;
using M = v1::MoveSupplementRequest;

// The part of the claimed time that lies within the shift, and what of it counts.
absl::Status Measure(const Shift& shift, const Policy& policy, Supplement& supplement) {
  const Span span = WithinShift(shift, supplement.start_time, supplement.end_time);
  supplement.minutes = CountedMinutes(shift, policy, supplement.start_time, supplement.end_time);
  supplement.start_time = span.start;
  supplement.end_time = span.end;
  if (supplement.minutes > 0) return absl::OkStatus();
  return errors::InvalidField(
      "supplement.end_time", type::REASON_TIME_ORDER,
      {{"rule_zh", "在班次内的时间不足以计入时长"}, {"rule_en", "the time within the shift is too short to count"}});
}

absl::Status CheckVolunteer(db::Session& session, uint64_t center_id, uint64_t volunteer_id) {
  const auto volunteer = LoadVolunteer(session, center_id, volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  return volunteer->has_value() ? absl::OkStatus() : errors::FailedPrecondition(type::REASON_UNKNOWN_VOLUNTEER);
}

// Whoever is on the record at that time is settled with his shift. Credited here first, he would keep all of that shift
// from being settled.
absl::Status CheckNotPresent(db::Session& session, uint64_t center_id, const Supplement& supplement) {
  const auto present =
      FindUnsettled(session, center_id, supplement.volunteer_id, supplement.start_time, supplement.end_time);
  if (!present.ok() || !present->has_value()) return present.status();
  const std::string name = ids::ResourceName("registrations", **present);
  return errors::FailedPrecondition(
      type::REASON_MOVE_NOT_ALLOWED,
      {{"state", "PRESENT (" + name + " is on the record at that time and waits for settlement)"},
       {"state_zh", "该时段已有待结算的考勤 " + name},
       {"allowed", "to correct or void that presence first"},
       {"allowed_zh", "先更正或作废该考勤"}});
}

absl::Status CheckPublicationOver(const Supplement& supplement, absl::Time now) {
  const auto until = supplement.publication_end_time;
  if (!until || now >= *until) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_PUBLICATION_RUNNING, {{"until", ChineseTime(*until)}});
}

absl::Status Credit(db::Transaction& tx, ids::Generator& ids, const Word& word, const Shift& shift,
                    const Activity& activity, const Supplement& supplement) {
  const HourEntry entry{.source_id = supplement.id,
                        .volunteer_id = supplement.volunteer_id,
                        .start_time = supplement.start_time,
                        .end_time = supplement.end_time,
                        .minutes = supplement.minutes,
                        .grade = v1::Attendance::GRADE_D,
                        .recorder_id = word.recorder_id,
                        .reason = supplement.reason,
                        .entry_time = word.now};
  return TellCredit(tx, ids, word, shift, activity, entry);
}

absl::Status TakeBack(db::Transaction& tx, ids::Generator& ids, const Word& word, const Supplement& supplement) {
  const auto standing = LastEntry(tx, word.center_id, supplement.id);
  if (!standing.ok()) return standing.status();
  if (!standing->has_value() || !(*standing)->credits()) return errors::FailedPrecondition(type::REASON_NOT_CREDITED);
  if ((*standing)->recorder_id == word.recorder_id) return errors::PermissionDenied(type::REASON_TAKEN_PART);
  return TellReversal(tx, ids, word, **standing).status();
}

}  // namespace

rpc::Service SupplementsService::Bind() {
  return rpc::Service("wenming.activity.v1.SupplementsService")
      .Unary("CreateSupplement", rpc::kPooled, this, &SupplementsService::CreateSupplement)
      .Unary("GetSupplement", rpc::kPooled, this, &SupplementsService::GetSupplement)
      .Unary("ListSupplements", rpc::kPooled, this, &SupplementsService::ListSupplements)
      .Unary("MoveSupplement", rpc::kPooled, this, &SupplementsService::MoveSupplement);
}

absl::StatusOr<S> SupplementsService::CreateSupplement(const rpc::Call& call,
                                                       const v1::CreateSupplementRequest& request) {
  const auto shift_id = ParseId("shifts", "parent", request.parent());
  if (!shift_id.ok()) return shift_id.status();
  const auto& given = request.supplement();
  const auto volunteer_id = ParseId("volunteers", "supplement.volunteer", given.volunteer());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  const auto create = [&](db::Transaction& tx, const Shift& shift, const Activity& activity) -> absl::StatusOr<S> {
    if (auto status = CheckTookPlace(activity, shift); !status.ok()) return status;
    // Without a calendar nobody can say that the time is over.
    const auto due = DueIfKnown(RecordingDue(tx, call.center_id, shift));
    if (!due.ok()) return due.status();
    const absl::Time until = due->value_or(absl::InfiniteFuture());
    if (auto status = CheckRecordingTime(shift, until, call.now); !status.ok()) return status;
    if (auto status = CheckVolunteer(tx, call.center_id, *volunteer_id); !status.ok()) return status;
    const auto policy = LoadPolicy(tx, call.center_id);
    if (!policy.ok()) return policy.status();
    Supplement supplement{.id = ids_.Next(),
                          .shift_id = shift.id,
                          .activity_id = shift.activity_id,
                          .volunteer_id = *volunteer_id,
                          .start_time = FromProto(given.start_time()),
                          .end_time = FromProto(given.end_time()),
                          .reason = given.reason(),
                          .evidence = given.evidence(),
                          .evidence_reference = given.evidence_reference(),
                          .requester = call.caller.subject,
                          .create_time = call.now};
    if (auto status = Measure(shift, *policy, supplement); !status.ok()) return status;
    const absl::Status free =
        CheckNotCredited(tx, call.center_id, supplement.volunteer_id, supplement.start_time, supplement.end_time);
    if (!free.ok()) return free;
    if (auto status = CheckNotPresent(tx, call.center_id, supplement); !status.ok()) return status;
    if (auto status = InsertSupplement(tx, call.center_id, supplement); !status.ok()) return status;
    return ToProto(supplement);
  };
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) -> absl::StatusOr<S> {
    const auto shift = LockShift(tx, call.center_id, *shift_id);
    if (!shift.ok()) return shift.status();
    const auto activity = LoadActivity(tx, call.center_id, shift->activity_id);
    if (!activity.ok()) return activity.status();
    if (auto status = call.Authorise("attendance.run", activity->unit_id); !status.ok()) return status;
    if (auto status = CheckNotOwnHours(call, *volunteer_id); !status.ok()) return status;
    return idempotency::Run<S>(tx, scope, request, call.now, [&] { return create(tx, *shift, *activity); });
  });
}

absl::StatusOr<S> SupplementsService::GetSupplement(const rpc::Call& call, const v1::GetSupplementRequest& request) {
  const auto id = ParseId("supplements", "name", request.name());
  if (!id.ok()) return id.status();
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<S> {
    const auto supplement = LoadSupplement(session, call.center_id, *id);
    if (!supplement.ok()) return supplement.status();
    const auto activity = LoadActivity(session, call.center_id, supplement->activity_id);
    if (!activity.ok()) return activity.status();
    const auto may = call.AuthoriseSelfOr(supplement->volunteer_id, "registrations.read", activity->unit_id);
    if (!may.ok()) return may;
    return ToProto(*supplement);
  });
}

absl::StatusOr<v1::ListSupplementsResponse> SupplementsService::ListSupplements(
    const rpc::Call& call, const v1::ListSupplementsRequest& request) {
  const auto id = ParseId("shifts", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t after = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListSupplementsResponse> {
    if (auto shift = LoadShiftFor(session, call, *id, "registrations.read"); !shift.ok()) return shift.status();
    auto supplements = activity::ListSupplements(session, call.center_id, *id, after, static_cast<int>(size) + 1);
    if (!supplements.ok()) return supplements.status();
    v1::ListSupplementsResponse response;
    if (supplements->size() > size) {
      supplements->resize(size);
      response.set_next_page_token(pager_.Token(request, {supplements->back().id}));
    }
    for (const Supplement& supplement : *supplements) *response.add_supplements() = ToProto(supplement);
    return response;
  });
}

absl::StatusOr<S> SupplementsService::MoveSupplement(const rpc::Call& call, const M& request) {
  const auto id = ParseId("supplements", "name", request.name());
  if (!id.ok()) return id.status();
  if (request.move() == M::MOVE_UNSPECIFIED || !M::Move_IsValid(request.move())) {
    return errors::InvalidField("move", type::REASON_UNKNOWN_VALUE);
  }
  if (NeedsReason(request.move()) && request.reason().empty()) {
    return errors::InvalidField("reason", type::REASON_REQUIRED);
  }
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    return idempotency::Run<S>(tx, scope, request, call.now, [&] { return Move(tx, call, *id, request); });
  });
}

absl::StatusOr<S> SupplementsService::Move(db::Transaction& tx, const rpc::Call& call, uint64_t id, const M& request) {
  const auto seen = LoadSupplement(tx, call.center_id, id);
  if (!seen.ok()) return seen.status();
  const auto activity = LoadActivity(tx, call.center_id, seen->activity_id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise("hours.settle", activity->unit_id); !status.ok()) return status;
  if (request.move() == M::MOVE_PUBLICIZE) {
    if (auto status = call.Authorise("hours.publicize", activity->unit_id); !status.ok()) return status;
  }
  if (auto status = CheckNotOwnHours(call, seen->volunteer_id); !status.ok()) return status;
  // What is told the ledger of one person is told by one after the other.
  if (auto person = LockVolunteer(tx, call.center_id, seen->volunteer_id); !person.ok()) return person.status();
  const auto shift = LockShift(tx, call.center_id, seen->shift_id);
  if (!shift.ok()) return shift.status();
  auto supplement = LoadSupplement(tx, call.center_id, id);
  if (!supplement.ok()) return supplement.status();
  const auto next = NextState(supplement->state, request.move());
  if (!next.ok()) return next.status();
  const bool onward = *next != S::STATE_REJECTED && *next != S::STATE_REVERSED;
  if (onward) {
    if (auto status = CheckTookPlace(*activity, *shift); !status.ok()) return status;
  }
  const Word word{call.center_id, call.caller.id, request.reason(), call.now};
  absl::Status done;
  switch (*next) {
    case S::STATE_APPROVED:
    case S::STATE_REJECTED:
      if (supplement->requester == call.caller.subject) return errors::PermissionDenied(type::REASON_TAKEN_PART);
      supplement->decider = call.caller.subject;
      break;
    case S::STATE_PUBLICISED: {
      const auto policy = LoadPolicy(tx, call.center_id);
      if (!policy.ok()) return policy.status();
      supplement->publication_end_time = call.now + policy->publication();
      break;
    }
    case S::STATE_SETTLED:
      if (done = CheckPublicationOver(*supplement, call.now); !done.ok()) break;
      if (done = CheckNotPresent(tx, call.center_id, *supplement); !done.ok()) break;
      done = Credit(tx, ids_, word, *shift, *activity, *supplement);
      break;
    default:
      done = TakeBack(tx, ids_, word, *supplement);
  }
  if (!done.ok()) return done;
  supplement->state = *next;
  if (NeedsReason(request.move())) supplement->decision_reason = request.reason();
  const absl::Status saved = SaveMove(tx, call.center_id, *supplement, call.caller.subject, request.reason(), call.now);
  if (!saved.ok()) return saved;
  if (*next == S::STATE_SETTLED || *next == S::STATE_REVERSED) {
    const bool settled = *next == S::STATE_SETTLED;
    const Notice notice{.volunteer_id = supplement->volunteer_id,
                        .kind = settled ? v1::Notice::KIND_HOURS_SETTLED : v1::Notice::KIND_HOURS_REVERSED,
                        .source = NoticeSource::kSupplement,
                        .source_id = supplement->id,
                        .activity_id = activity->id,
                        .minutes = supplement->minutes,
                        .reason = settled ? "" : request.reason(),
                        .create_time = call.now};
    const absl::Status told = Tell(tx, ids_, call.center_id, {&notice, 1});
    if (!told.ok()) return told;
  }
  call.Note("move", M::Move_Name(request.move()));
  return ToProto(*supplement);
}

}  // namespace wenming::activity
