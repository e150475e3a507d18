#include "activity_svc/supplements/supplements_rules.h"

#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/strip.h"
#include "activity_svc/calendars/working_days.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using S = v1::Supplement;
using M = v1::MoveSupplementRequest;

struct Step {
  SupplementState from;
  SupplementMove move;
  SupplementState to;
  const char* english;
  const char* chinese;
};

// Every allowed move.
constexpr Step kSteps[] = {
    {S::STATE_REQUESTED, M::MOVE_APPROVE, S::STATE_APPROVED, "APPROVE", "批准"},
    {S::STATE_REQUESTED, M::MOVE_REJECT, S::STATE_REJECTED, "REJECT", "驳回"},
    {S::STATE_APPROVED, M::MOVE_PUBLICIZE, S::STATE_PUBLICISED, "PUBLICIZE", "公示"},
    {S::STATE_PUBLICISED, M::MOVE_REJECT, S::STATE_REJECTED, "REJECT", "驳回"},
    {S::STATE_PUBLICISED, M::MOVE_SETTLE, S::STATE_SETTLED, "SETTLE", "结算"},
    {S::STATE_SETTLED, M::MOVE_REVERSE, S::STATE_REVERSED, "REVERSE", "冲正"},
};

}  // namespace

absl::StatusOr<SupplementState> NextState(SupplementState from, SupplementMove move) {
  std::string en, zh;
  for (const Step& step : kSteps) {
    if (step.from != from) continue;
    if (step.move == move) return step.to;
    en += (en.empty() ? "" : ", ") + std::string(step.english);
    zh += (zh.empty() ? "" : "、") + std::string(step.chinese);
  }
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", std::string(absl::StripPrefix(S::State_Name(from), "STATE_"))},
                                     {"state_zh", std::string(ChineseName(from))},
                                     {"allowed", en.empty() ? "nothing" : en},
                                     {"allowed_zh", zh.empty() ? "无" : zh}});
}

absl::Status CheckTookPlace(const Activity& activity, const Shift& shift) {
  if (!activity.is_public) return errors::FailedPrecondition(type::REASON_ACTIVITY_NOT_OPEN);
  if (shift.state != v1::Shift::STATE_CANCELLED) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", "CANCELLED"},
                                     {"state_zh", "班次已取消"},
                                     {"allowed", "a supplement to a shift that took place"},
                                     {"allowed_zh", "向实际开展的班次补录"}});
}

absl::Status CheckRecordingTime(const Shift& shift, absl::Time due, absl::Time now) {
  if (now < shift.end_time) return errors::FailedPrecondition(type::REASON_SHIFT_NOT_ENDED);
  if (now < due) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_RECORDING_CLOSED, {{"until", ChineseTime(due)}});
}

std::string_view ChineseName(SupplementState state) {
  static constexpr std::string_view kNames[] = {"未知", "待批准", "已批准", "已驳回", "公示中", "已结算", "已冲正"};
  static_assert(std::size(kNames) == S::State_ARRAYSIZE);
  return kNames[S::State_IsValid(state) ? state : 0];
}

}  // namespace wenming::activity
