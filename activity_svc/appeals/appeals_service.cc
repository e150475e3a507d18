#include "activity_svc/appeals/appeals_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "activity_svc/activities/activities_access.h"
#include "activity_svc/activities/activities_store.h"
#include "activity_svc/appeals/amendment.h"
#include "activity_svc/appeals/appeals_rules.h"
#include "activity_svc/appeals/appeals_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_access.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/settlements/deadlines.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

constexpr char kSettle[] = "hours.settle";

absl::StatusOr<v1::Appeal> Answer(db::Session& session, uint64_t center_id, const Appeal& appeal) {
  const auto moves = ListAppealMoves(session, center_id, appeal.registration_id);
  if (!moves.ok()) return moves.status();
  return ToProto(appeal, *moves);
}

// Until when the volunteer may still appeal: by the shift at first, by the decision afterwards.
absl::StatusOr<absl::Time> FirstDue(db::Session& session, uint64_t center_id, const Shift& shift, const Policy& policy,
                                    const std::optional<Appeal>& before) {
  if (before) return before->due_time;
  const auto steps = ListSteps(session, center_id, shift.id);
  if (!steps.ok()) return steps.status();
  const auto from = AppealsRunFrom(*steps);
  if (!from) return errors::FailedPrecondition(type::REASON_NOT_SETTLED);
  return DueAfter(session, center_id, *from, policy.appeal_working_days);
}

// The same, where the hours were taken back since: whenever that happens, it can be contested.
absl::StatusOr<absl::Time> AppealDue(db::Session& session, uint64_t center_id, const Shift& shift, const Policy& policy,
                                     const std::optional<Appeal>& before, std::optional<absl::Time> taken_back) {
  const auto due = FirstDue(session, center_id, shift, policy, before);
  if (!due.ok() || !taken_back) return due;
  const auto reversed = DueAfter(session, center_id, *taken_back, policy.appeal_working_days);
  return reversed.ok() ? absl::StatusOr<absl::Time>(std::max(*due, *reversed)) : reversed;
}

// When the hours were taken back, where nothing stands instead.
absl::StatusOr<std::optional<absl::Time>> TakenBackAt(db::Session& session, uint64_t center_id,
                                                      uint64_t registration_id) {
  const auto last = LastEntry(session, center_id, registration_id);
  if (!last.ok()) return last.status();
  if (!last->has_value() || (*last)->credits()) return std::optional<absl::Time>();
  return std::optional<absl::Time>((*last)->entry_time);
}

// Whether that was after the last move of the appeal. What a decision itself takes back has the time of its move.
absl::StatusOr<bool> TakenBackSince(db::Session& session, uint64_t center_id, uint64_t registration_id,
                                    std::optional<absl::Time> taken_back) {
  const auto moves = ListAppealMoves(session, center_id, registration_id);
  if (!moves.ok()) return moves.status();
  return taken_back && !moves->empty() && *taken_back > moves->back().time;
}

// Four eyes: neither the volunteer himself nor whoever had a hand in it; the second time somebody of the unit above.
absl::Status CheckDecider(db::Session& session, const rpc::Call& call, const Activity& activity, const Appeal& appeal) {
  if (auto status = CheckNotOwnHours(call, appeal.volunteer_id); !status.ok()) return status;
  if (appeal.state == v1::Appeal::STATE_REOPENED) {
    const auto status = call.Authorise(kSettle, ApprovingUnit(call, activity.unit_id));
    if (!status.ok()) return status;
  }
  const auto took_part =
      TookPart(session, call.center_id, appeal.shift_id, appeal.registration_id, call.caller.subject, call.caller.id);
  if (!took_part.ok()) return took_part.status();
  return *took_part ? errors::PermissionDenied(type::REASON_TAKEN_PART) : absl::OkStatus();
}

absl::Status CheckOutcome(const Shift& shift, const v1::DecideAppealRequest& request) {
  if (request.outcome() == v1::Appeal::OUTCOME_UNSPECIFIED || !v1::Appeal::Outcome_IsValid(request.outcome())) {
    return errors::InvalidField("outcome", type::REASON_UNKNOWN_VALUE);
  }
  const bool amends = request.outcome() == v1::Appeal::OUTCOME_AMENDED;
  if (amends) return CheckTimes(shift, FromProto(request.check_in_time()), FromProto(request.check_out_time()));
  if (!request.has_check_in_time() && !request.has_check_out_time()) return absl::OkStatus();
  return errors::InvalidField("check_in_time", type::REASON_NOT_SETTABLE);
}

}  // namespace

rpc::Service AppealsService::Bind() {
  return rpc::Service("wenming.activity.v1.AppealsService")
      .Unary("AppealHours", rpc::kPooled, this, &AppealsService::AppealHours)
      .Unary("GetAppeal", rpc::kPooled, this, &AppealsService::GetAppeal)
      .Unary("ListOpenAppeals", rpc::kPooled, this, &AppealsService::ListOpenAppeals)
      .Unary("DecideAppeal", rpc::kPooled, this, &AppealsService::DecideAppeal);
}

absl::StatusOr<v1::Appeal> AppealsService::AppealHours(const rpc::Call& call, const v1::AppealHoursRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    return idempotency::Run<v1::Appeal>(tx, scope, request, call.now, [&] { return Take(tx, call, *id, request); });
  });
}

absl::StatusOr<v1::Appeal> AppealsService::Take(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id,
                                                const v1::AppealHoursRequest& request) {
  const auto seen = LoadRegistration(tx, call.center_id, registration_id);
  if (!seen.ok()) return seen.status();
  if (!call.IsVolunteer(seen->volunteer_id)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  const auto shift = LockShift(tx, call.center_id, seen->shift_id);
  if (!shift.ok()) return shift.status();
  const auto registration = LoadRegistration(tx, call.center_id, registration_id);
  if (!registration.ok()) return registration.status();
  if (auto status = CheckAppealable(shift->state, registration->state); !status.ok()) return status;
  const auto before = FindAppeal(tx, call.center_id, registration_id);
  if (!before.ok()) return before.status();
  const AppealState from = before->has_value() ? (*before)->state : v1::Appeal::STATE_UNSPECIFIED;
  const auto taken_back = TakenBackAt(tx, call.center_id, registration_id);
  if (!taken_back.ok()) return taken_back.status();
  const auto since = TakenBackSince(tx, call.center_id, registration_id, *taken_back);
  if (!since.ok()) return since.status();
  const auto to = AfterAppeal(from, *since);
  if (!to.ok()) return to.status();
  const absl::Time in = FromProto(request.check_in_time()), out = FromProto(request.check_out_time());
  if (auto status = CheckTimes(*shift, in, out); !status.ok()) return status;
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  // Without a calendar nobody can say that the time is over: the right to appeal does not hang on who enters it.
  const auto until = DueIfKnown(AppealDue(tx, call.center_id, *shift, *policy, *before, *taken_back));
  if (!until.ok()) return until.status();
  if (auto status = CheckAppealTime(until->value_or(absl::InfiniteFuture()), call.now); !status.ok()) return status;
  const auto due = DueAtTheEarliest(tx, call.center_id, call.now, policy->appeal_working_days);
  if (!due.ok()) return due.status();
  const auto activity = LoadActivity(tx, call.center_id, shift->activity_id);
  if (!activity.ok()) return activity.status();

  Appeal appeal = before->value_or(Appeal{.registration_id = registration_id,
                                          .shift_id = shift->id,
                                          .unit_id = activity->unit_id,
                                          .volunteer_id = registration->volunteer_id,
                                          .create_time = call.now});
  appeal.state = *to;
  appeal.claimed_check_in_time = in;
  appeal.claimed_check_out_time = out;
  appeal.due_time = *due;
  const absl::Status stored = before->has_value() ? UpdateAppeal(tx, call.center_id, appeal, call.now)
                                                  : InsertAppeal(tx, call.center_id, appeal);
  if (!stored.ok()) return stored;
  const AppealMove move{
      .from = from, .to = *to, .actor = call.caller.subject, .reason = request.reason(), .time = call.now};
  if (auto status = InsertAppealMove(tx, call.center_id, registration_id, ids_.Next(), move); !status.ok()) {
    return status;
  }
  return Answer(tx, call.center_id, appeal);
}

absl::StatusOr<v1::Appeal> AppealsService::GetAppeal(const rpc::Call& call, const v1::GetAppealRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::Appeal> {
    if (auto seen = LoadRegistrationFor(session, call, *id); !seen.ok()) return seen.status();
    const auto appeal = FindAppeal(session, call.center_id, *id);
    if (!appeal.ok()) return appeal.status();
    if (!appeal->has_value()) return errors::NotFound(request.registration() + "/appeal");
    return Answer(session, call.center_id, **appeal);
  });
}

absl::StatusOr<v1::ListOpenAppealsResponse> AppealsService::ListOpenAppeals(const rpc::Call& call,
                                                                            const v1::ListOpenAppealsRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  if (auto status = call.Authorise(kSettle, unit->id); !status.ok()) return status;
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  OpenAppealsQuery query{.center_id = unit->center_id, .limit = static_cast<int>(size) + 1};
  if (unit->id != unit->center_id) query.units = call.directory->Subtree(unit->id);
  if (!position->empty()) {
    query.after_due = absl::FromUnixMicros(std::get<int64_t>((*position)[0].data()));
    query.after_registration = std::get<uint64_t>((*position)[1].data());
  }
  auto appeals = db::Read(db_, call.deadline, [&](db::Session& s) { return activity::ListOpenAppeals(s, query); });
  if (!appeals.ok()) return appeals.status();
  v1::ListOpenAppealsResponse response;
  if (appeals->size() > size) {
    appeals->resize(size);
    const Appeal& last = appeals->back();
    response.set_next_page_token(pager_.Token(request, {absl::ToUnixMicros(last.due_time), last.registration_id}));
  }
  for (const Appeal& appeal : *appeals) *response.add_appeals() = ToProto(appeal, {});
  return response;
}

absl::StatusOr<v1::Appeal> AppealsService::DecideAppeal(const rpc::Call& call, const v1::DecideAppealRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    return idempotency::Run<v1::Appeal>(tx, scope, request, call.now, [&] { return Decide(tx, call, *id, request); });
  });
}

absl::StatusOr<v1::Appeal> AppealsService::Decide(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id,
                                                  const v1::DecideAppealRequest& request) {
  const auto seen = LoadRegistration(tx, call.center_id, registration_id);
  if (!seen.ok()) return seen.status();
  const auto activity = LoadActivity(tx, call.center_id, seen->activity_id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise(kSettle, activity->unit_id); !status.ok()) return status;
  // Where the decision takes back an absence, the person's lock changes.
  if (auto person = LockVolunteer(tx, call.center_id, seen->volunteer_id); !person.ok()) return person.status();
  auto shift = LockShift(tx, call.center_id, seen->shift_id);
  if (!shift.ok()) return shift.status();
  auto registration = LoadRegistration(tx, call.center_id, registration_id);
  if (!registration.ok()) return registration.status();
  auto found = FindAppeal(tx, call.center_id, registration_id);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return errors::NotFound(request.registration() + "/appeal");
  Appeal appeal = **std::move(found);
  const auto to = AfterDecision(appeal.state, request.outcome());
  if (!to.ok()) return to.status();
  if (auto status = CheckDecider(tx, call, *activity, appeal); !status.ok()) return status;
  if (auto status = CheckOutcome(*shift, request); !status.ok()) return status;
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  // What is final has no deadline, and so needs no calendar.
  if (*to == v1::Appeal::STATE_DECIDED) {
    const auto due = DueAfter(tx, call.center_id, call.now, policy->appeal_working_days);
    if (!due.ok()) return due.status();
    appeal.due_time = *due;
  }

  if (request.outcome() != v1::Appeal::OUTCOME_REJECTED) {
    const bool granted = request.outcome() == v1::Appeal::OUTCOME_UPHELD;
    const Times times{granted ? appeal.claimed_check_in_time : FromProto(request.check_in_time()),
                      granted ? appeal.claimed_check_out_time : FromProto(request.check_out_time())};
    const Word word{call.center_id, call.caller.id, request.reason(), call.now};
    const absl::Status amended = Amend(tx, ids_, call, word, *shift, *activity, *policy, *registration, times);
    if (!amended.ok()) return amended;
  }
  const AppealMove move{.from = appeal.state,
                        .to = *to,
                        .outcome = request.outcome(),
                        .actor = call.caller.subject,
                        .reason = request.reason(),
                        .time = call.now};
  appeal.state = *to;
  appeal.outcome = request.outcome();
  if (auto status = UpdateAppeal(tx, call.center_id, appeal, call.now); !status.ok()) return status;
  if (auto status = InsertAppealMove(tx, call.center_id, registration_id, ids_.Next(), move); !status.ok()) {
    return status;
  }
  const auto presence = FindPresence(tx, call.center_id, registration_id);
  if (!presence.ok()) return presence.status();
  const Notice notice{.volunteer_id = appeal.volunteer_id,
                      .kind = v1::Notice::KIND_APPEAL_DECIDED,
                      .source_id = registration_id,
                      .activity_id = activity->id,
                      .minutes = presence->has_value() ? (*presence)->minutes : 0,
                      .outcome = request.outcome(),
                      .reason = request.reason(),
                      .create_time = call.now};
  const absl::Status told = Tell(tx, ids_, call.center_id, {&notice, 1});
  if (!told.ok()) return told;
  call.Note("outcome", v1::Appeal::Outcome_Name(request.outcome()));
  return Answer(tx, call.center_id, appeal);
}

}  // namespace wenming::activity
