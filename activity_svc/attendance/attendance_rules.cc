#include "activity_svc/attendance/attendance_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "activity_svc/calendars/working_days.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

}  // namespace

Window WindowFor(Edge edge, const Shift& shift, const Policy& policy) {
  if (edge == Edge::kIn) return {shift.start_time - policy.check_in_early(), shift.end_time};
  return {shift.start_time, shift.end_time + policy.check_out_late()};
}

absl::Status CheckWindow(const Window& window, absl::Time time) {
  if (window.from <= time && time <= window.until) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_OUTSIDE_WINDOW,
                                    {{"from", ChineseTime(window.from)}, {"to", ChineseTime(window.until)}});
}

absl::Status CheckUpload(const Shift& shift, const Policy& policy, absl::Time capture_time, absl::Time now) {
  if (capture_time > now + kClockDifference) {
    return errors::InvalidField(
        "evidence.capture_time", type::REASON_TIME_ORDER,
        {{"rule_zh", "扫码时间不能晚于现在"}, {"rule_en", "the capture cannot be in the future"}});
  }
  if (now > shift.end_time + policy.offline_upload()) {
    return errors::FailedPrecondition(type::REASON_UPLOAD_TOO_LATE,
                                      {{"hours", std::to_string(policy.offline_upload_hours)}});
  }
  return absl::OkStatus();
}

absl::Status CheckLeadersTimes(const Shift& shift, const Policy& policy, absl::Time in, absl::Time out,
                               absl::Time now) {
  std::vector<errors::FieldViolation> wrong;
  if (in < WindowFor(Edge::kIn, shift, policy).from) {
    wrong.push_back({"check_in_time",
                     type::REASON_TIME_ORDER,
                     {{"rule_zh", "不能早于签到开始时间"}, {"rule_en", "not before check-in opens"}}});
  }
  if (out <= in || out > now || out > WindowFor(Edge::kOut, shift, policy).until) {
    wrong.push_back({"check_out_time",
                     type::REASON_TIME_ORDER,
                     {{"rule_zh", "应晚于签到时间，且不晚于现在和签退截止时间"},
                      {"rule_en", "after the check-in, and neither after now nor after check-out closes"}}});
  }
  return wrong.empty() ? absl::OkStatus() : errors::InvalidFields(wrong);
}

Span WithinShift(const Shift& shift, absl::Time from, absl::Time until) {
  const absl::Time start = std::clamp(from, shift.start_time, shift.end_time);
  return {start, std::clamp(until, start, shift.end_time)};
}

int CountedMinutes(const Shift& shift, const Policy& policy, absl::Time from, absl::Time until) {
  const Span span = WithinShift(shift, from, until);
  const absl::Duration pause = absl::Minutes(shift.break_minutes);
  const absl::Duration whole = shift.end_time - shift.start_time - pause;
  const absl::Duration attended = span.end - span.start - pause;
  if (attended <= absl::ZeroDuration() || attended * 100 < whole * policy.attended_percent) return 0;
  return static_cast<int>(absl::ToInt64Minutes(attended));
}

Grade GradeOf(Means in, Means out, bool sure) {
  if (Scanned(in) && Scanned(out) && sure) return A::GRADE_A;
  if (Scanned(in) || Scanned(out)) return A::GRADE_B;
  return A::GRADE_C;
}

void Assess(const Shift& shift, const Policy& policy, Presence& presence) {
  if (!presence.check_out_time) {
    presence.minutes = 0;
    presence.grade = A::GRADE_UNSPECIFIED;
    return;
  }
  presence.minutes = CountedMinutes(shift, policy, presence.check_in_time, *presence.check_out_time);
  const bool placed = presence.check_in_distance >= 0 && presence.check_out_distance >= 0;
  const bool enforced = presence.check_in_unenforced == 0 && presence.check_out_unenforced == 0;
  presence.grade = GradeOf(presence.check_in_means, presence.check_out_means, placed && enforced);
}

RegistrationState OutcomeOf(const Presence& presence) {
  if (presence.state == A::STATE_VOIDED) return v1::Registration::STATE_ABSENT;
  return presence.minutes > 0 ? v1::Registration::STATE_ATTENDED : v1::Registration::STATE_PARTIAL;
}

}  // namespace wenming::activity
