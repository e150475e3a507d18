#include "activity_svc/shifts/shifts_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using S = v1::Shift;

struct Step {
  ShiftState from;
  ShiftMove move;
  ShiftState to;
  const char* english;
};

// Each state has one way on; calling off comes from the activity alone.
constexpr Step kSteps[] = {
    {S::STATE_OPEN, ShiftMove::kEnd, S::STATE_ENDED, "END"},
    {S::STATE_ENDED, ShiftMove::kConfirm, S::STATE_CONFIRMED, "CONFIRM"},
    {S::STATE_CONFIRMED, ShiftMove::kPublicize, S::STATE_PUBLICISED, "PUBLICIZE"},
    {S::STATE_PUBLICISED, ShiftMove::kSettle, S::STATE_SETTLED, "SETTLE"},
};

bool IsLine(const std::string& text) {
  return !text.empty() && absl::StripAsciiWhitespace(text) == text && std::ranges::none_of(text, absl::ascii_iscntrl);
}

absl::Status NotAllowed(ShiftState from) {
  std::string zh = "无", en = "nothing";
  for (const Step& step : kSteps) {
    if (step.from != from) continue;
    zh = ChineseName(step.move);
    en = step.english;
  }
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", std::string(absl::StripPrefix(S::State_Name(from), "STATE_"))},
                                     {"state_zh", std::string(ChineseName(from))},
                                     {"allowed", en},
                                     {"allowed_zh", zh}});
}

}  // namespace

absl::Status CheckShift(const Shift& shift) {
  std::vector<errors::FieldViolation> violations;
  const absl::Duration length = shift.end_time - shift.start_time;
  if (length <= absl::ZeroDuration() || length > kLongestShift) {
    violations.push_back({"shift.end_time",
                          type::REASON_TIME_ORDER,
                          {{"rule_zh", "结束时间应晚于开始时间，且不超过 24 小时"},
                           {"rule_en", "the end must be after the start, by at most 24 hours"}}});
  } else if (absl::Minutes(shift.break_minutes) >= length) {
    violations.push_back({"shift.break_minutes",
                          type::REASON_OUT_OF_RANGE,
                          {{"min", "0"}, {"max", std::to_string(absl::ToInt64Minutes(length) - 1)}}});
  }
  for (size_t i = 0; i < shift.skills.size(); ++i) {
    if (IsLine(shift.skills[i])) continue;
    violations.push_back(
        {absl::StrCat("shift.skills[", i, "]"),
         type::REASON_BAD_FORMAT,
         {{"expected_zh", "一行文字，首尾无空格"}, {"expected_en", "one line, without spaces around"}}});
  }
  return violations.empty() ? absl::OkStatus() : errors::InvalidFields(violations);
}

absl::StatusOr<ShiftState> NextState(ShiftState from, ShiftMove move) {
  for (const Step& step : kSteps) {
    if (step.from == from && step.move == move) return step.to;
  }
  return NotAllowed(from);
}

absl::Status CheckTakesPresences(ShiftState state) {
  return state == S::STATE_OPEN || state == S::STATE_ENDED ? absl::OkStatus() : NotAllowed(state);
}

std::string_view ChineseName(ShiftState state) {
  static constexpr std::string_view kNames[] = {"未知", "未结束", "已结束", "已确认", "公示中", "已结算", "已取消"};
  static_assert(std::size(kNames) == S::State_ARRAYSIZE);
  return kNames[S::State_IsValid(state) ? state : 0];
}

std::string_view ChineseName(ShiftMove move) {
  static constexpr std::string_view kNames[] = {"结束班次", "确认考勤", "公示时长", "结算时长"};
  return kNames[static_cast<size_t>(move)];
}

}  // namespace wenming::activity
