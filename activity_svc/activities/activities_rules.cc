#include "activity_svc/activities/activities_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Activity;
using M = v1::MoveActivityRequest;

constexpr MoveRule kMoves[] = {
    {A::STATE_DRAFT, M::MOVE_SUBMIT, A::STATE_SUBMITTED},
    {A::STATE_SUBMITTED, M::MOVE_REJECT, A::STATE_REJECTED, MoveRight::kApprove, true},
    {A::STATE_REJECTED, M::MOVE_REVISE, A::STATE_DRAFT},
    {A::STATE_SUBMITTED, M::MOVE_PUBLISH, A::STATE_PUBLISHED, MoveRight::kApprove},
    {A::STATE_PUBLISHED, M::MOVE_UNPUBLISH, A::STATE_DRAFT},
    {A::STATE_PUBLISHED, M::MOVE_CLOSE, A::STATE_CLOSED},
    {A::STATE_PUBLISHED, M::MOVE_START, A::STATE_IN_PROGRESS},
    {A::STATE_CLOSED, M::MOVE_START, A::STATE_IN_PROGRESS},
    {A::STATE_IN_PROGRESS, M::MOVE_END, A::STATE_ENDED},
    {A::STATE_ENDED, M::MOVE_REPORT, A::STATE_REPORTED},
    {A::STATE_REPORTED, M::MOVE_SETTLE, A::STATE_SETTLED},
    {A::STATE_SETTLED, M::MOVE_ARCHIVE, A::STATE_ARCHIVED},
    {A::STATE_PUBLISHED, M::MOVE_SUSPEND, A::STATE_SUSPENDED, MoveRight::kWrite, true},
    {A::STATE_SUSPENDED, M::MOVE_RESUME, A::STATE_PUBLISHED},
    {A::STATE_DRAFT, M::MOVE_CANCEL, A::STATE_CANCELLED, MoveRight::kWrite, true},
    {A::STATE_PUBLISHED, M::MOVE_CANCEL, A::STATE_CANCELLED, MoveRight::kWrite, true},
    {A::STATE_CLOSED, M::MOVE_CANCEL, A::STATE_CANCELLED, MoveRight::kWrite, true},
    {A::STATE_SUSPENDED, M::MOVE_CANCEL, A::STATE_CANCELLED, MoveRight::kWrite, true},
};

std::string EnglishMove(ActivityMove move) { return std::string(absl::StripPrefix(M::Move_Name(move), "MOVE_")); }

absl::Status NotAllowed(ActivityState from) {
  std::string zh, en;
  for (const MoveRule& rule : kMoves) {
    if (rule.from != from) continue;
    const std::string_view name = ChineseName(rule.move);
    absl::StrAppend(&zh, zh.empty() ? "" : "、", absl::string_view(name.data(), name.size()));
    absl::StrAppend(&en, en.empty() ? "" : ", ", EnglishMove(rule.move));
  }
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED, {{"state", EnglishName(from)},
                                                                    {"state_zh", std::string(ChineseName(from))},
                                                                    {"allowed", en.empty() ? "nothing" : en},
                                                                    {"allowed_zh", zh.empty() ? "无" : zh}});
}

}  // namespace

std::span<const MoveRule> ActivityMoves() { return kMoves; }

absl::StatusOr<MoveRule> FindMove(ActivityState from, ActivityMove move) {
  for (const MoveRule& rule : kMoves) {
    if (rule.from == from && rule.move == move) return rule;
  }
  return NotAllowed(from);
}

MoveRight RightOf(ActivityMove move) {
  for (const MoveRule& rule : kMoves) {
    if (rule.move == move) return rule.right;
  }
  return MoveRight::kWrite;
}

void Advance(Activity& activity, const MoveRule& rule, std::string_view reason) {
  // Why a draft was sent back is of use until it is submitted again.
  if (rule.move != M::MOVE_REVISE) activity.reason = rule.needs_reason ? std::string(reason) : std::string();
  activity.state = rule.to;
  activity.is_public = PublicIn(rule.to, activity.is_public);
}

std::string_view ChineseName(ActivityState state) {
  static constexpr std::string_view kNames[] = {"未知",       "草稿",   "已提交", "已驳回", "已发布",
                                                "已截止报名", "进行中", "已结束", "已总结", "已结算",
                                                "已归档",     "已暂停", "已取消"};
  static_assert(std::size(kNames) == v1::Activity::State_ARRAYSIZE);
  return kNames[v1::Activity::State_IsValid(state) ? state : 0];
}

std::string_view ChineseName(ActivityMove move) {
  static constexpr std::string_view kNames[] = {"未知",     "提交审核", "驳回", "修改", "发布",
                                                "取消发布", "截止报名", "开始", "结束", "总结",
                                                "结算",     "归档",     "暂停", "恢复", "取消活动"};
  static_assert(std::size(kNames) == M::Move_ARRAYSIZE);
  return kNames[M::Move_IsValid(move) ? move : 0];
}

std::string_view ChineseName(v1::Method method) {
  static constexpr std::string_view kNames[] = {"未知", "讲", "评", "帮", "乐", "庆", "防", "捐"};
  static_assert(std::size(kNames) == v1::Method_ARRAYSIZE);
  return kNames[v1::Method_IsValid(method) ? method : 0];
}

std::string EnglishName(ActivityState state) { return std::string(absl::StripPrefix(A::State_Name(state), "STATE_")); }

bool PublicIn(ActivityState state, bool before) {
  switch (state) {
    case A::STATE_DRAFT:
    case A::STATE_SUBMITTED:
    case A::STATE_REJECTED:
      return false;
    case A::STATE_CANCELLED:
      return before;
    default:
      return true;
  }
}

absl::Status CheckDraft(ActivityState state) {
  if (state == A::STATE_DRAFT) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_NOT_A_DRAFT,
                                    {{"state", EnglishName(state)}, {"state_zh", std::string(ChineseName(state))}});
}

absl::Status CheckInsured(const Activity& activity) {
  if (!activity.dangerous || !activity.insurance_policy.empty()) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_INSURANCE_REQUIRED);
}

absl::Status CheckMethod(const Policy& policy, v1::Method method) {
  if (policy.InForce(method)) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_METHOD_NOT_IN_FORCE, {{"method", std::string(ChineseName(method))}});
}

}  // namespace wenming::activity
