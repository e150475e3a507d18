#include "activity_svc/appeals/appeals_rules.h"

#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/calendars/working_days.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using P = v1::Appeal;

enum class Event { kAppeal, kContest, kGrant, kOther };

struct Step {
  AppealState from;
  Event event;
  AppealState to;
};

// Every allowed move. kContest: an appeal against a reversal that came after the last move; kGrant: a decision that
// grants all; kOther: any other.
constexpr Step kSteps[] = {
    {P::STATE_UNSPECIFIED, Event::kAppeal, P::STATE_OPEN}, {P::STATE_OPEN, Event::kGrant, P::STATE_FINAL},
    {P::STATE_OPEN, Event::kOther, P::STATE_DECIDED},      {P::STATE_DECIDED, Event::kAppeal, P::STATE_REOPENED},
    {P::STATE_REOPENED, Event::kGrant, P::STATE_FINAL},    {P::STATE_REOPENED, Event::kOther, P::STATE_FINAL},
    {P::STATE_FINAL, Event::kContest, P::STATE_OPEN},
};

absl::StatusOr<AppealState> Next(AppealState from, Event event, type::Reason refused) {
  for (const Step& step : kSteps) {
    if (step.from == from && step.event == event) return step.to;
  }
  return errors::FailedPrecondition(from == P::STATE_FINAL ? type::REASON_APPEAL_FINAL : refused);
}

}  // namespace

absl::StatusOr<AppealState> AfterAppeal(AppealState from, bool taken_back_since) {
  const bool contest = taken_back_since && from == P::STATE_FINAL;
  return Next(from, contest ? Event::kContest : Event::kAppeal, type::REASON_APPEAL_OPEN);
}

absl::StatusOr<AppealState> AfterDecision(AppealState from, AppealOutcome outcome) {
  return Next(from, outcome == P::OUTCOME_UPHELD ? Event::kGrant : Event::kOther, type::REASON_ALREADY_DECIDED);
}

absl::Status CheckAppealable(ShiftState shift, RegistrationState registration) {
  if (shift != v1::Shift::STATE_PUBLICISED && shift != v1::Shift::STATE_SETTLED) {
    return errors::FailedPrecondition(type::REASON_NOT_SETTLED);
  }
  return CheckHadPlace(registration);
}

absl::Status CheckHadPlace(RegistrationState registration) {
  using R = v1::Registration;
  switch (registration) {
    case R::STATE_CONFIRMED:
    case R::STATE_ATTENDED:
    case R::STATE_PARTIAL:
    case R::STATE_ABSENT:
    case R::STATE_EXCUSED:
      return absl::OkStatus();
    default:
      return errors::FailedPrecondition(type::REASON_NO_PLACE);
  }
}

absl::Status CheckAppealTime(absl::Time due, absl::Time now) {
  if (now < due) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_APPEAL_CLOSED, {{"until", ChineseTime(due)}});
}

absl::Status CheckTimes(const Shift& shift, absl::Time in, absl::Time out) {
  const Span within = WithinShift(shift, in, out);
  if (in < out && within.start < within.end) return absl::OkStatus();
  return errors::InvalidField("check_out_time", type::REASON_TIME_ORDER,
                              {{"rule_zh", "应晚于到达时间，且至少部分在班次时间内"},
                               {"rule_en", "after the arrival, and at least partly within the shift"}});
}

}  // namespace wenming::activity
