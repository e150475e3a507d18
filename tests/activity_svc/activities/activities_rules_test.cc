#include "activity_svc/activities/activities_rules.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Activity;
using M = v1::MoveActivityRequest;

// The life cycle as domain.md and the proto tell it, written down a second time.
const std::map<std::pair<ActivityState, ActivityMove>, ActivityState>& Expected() {
  static const auto& moves = *new std::map<std::pair<ActivityState, ActivityMove>, ActivityState>{
      {{A::STATE_DRAFT, M::MOVE_SUBMIT}, A::STATE_SUBMITTED},
      {{A::STATE_DRAFT, M::MOVE_CANCEL}, A::STATE_CANCELLED},
      {{A::STATE_SUBMITTED, M::MOVE_REJECT}, A::STATE_REJECTED},
      {{A::STATE_SUBMITTED, M::MOVE_PUBLISH}, A::STATE_PUBLISHED},
      {{A::STATE_REJECTED, M::MOVE_REVISE}, A::STATE_DRAFT},
      {{A::STATE_PUBLISHED, M::MOVE_UNPUBLISH}, A::STATE_DRAFT},
      {{A::STATE_PUBLISHED, M::MOVE_CLOSE}, A::STATE_CLOSED},
      {{A::STATE_PUBLISHED, M::MOVE_START}, A::STATE_IN_PROGRESS},
      {{A::STATE_PUBLISHED, M::MOVE_SUSPEND}, A::STATE_SUSPENDED},
      {{A::STATE_PUBLISHED, M::MOVE_CANCEL}, A::STATE_CANCELLED},
      {{A::STATE_CLOSED, M::MOVE_START}, A::STATE_IN_PROGRESS},
      {{A::STATE_CLOSED, M::MOVE_CANCEL}, A::STATE_CANCELLED},
      {{A::STATE_SUSPENDED, M::MOVE_RESUME}, A::STATE_PUBLISHED},
      {{A::STATE_SUSPENDED, M::MOVE_CANCEL}, A::STATE_CANCELLED},
      {{A::STATE_IN_PROGRESS, M::MOVE_END}, A::STATE_ENDED},
      {{A::STATE_ENDED, M::MOVE_REPORT}, A::STATE_REPORTED},
      {{A::STATE_REPORTED, M::MOVE_SETTLE}, A::STATE_SETTLED},
      {{A::STATE_SETTLED, M::MOVE_ARCHIVE}, A::STATE_ARCHIVED},
  };
  return moves;
}

TEST(ActivitiesRules, EveryStateTimesEveryMove) {
  for (int from = A::STATE_DRAFT; from <= A::State_MAX; ++from) {
    for (int move = M::MOVE_SUBMIT; move <= M::Move_MAX; ++move) {
      const auto state = static_cast<ActivityState>(from);
      const auto rule = FindMove(state, static_cast<ActivityMove>(move));
      const auto expected = Expected().find({state, static_cast<ActivityMove>(move)});
      SCOPED_TRACE(EnglishName(state) + " × " + M::Move_Name(static_cast<ActivityMove>(move)));
      ASSERT_EQ(rule.ok(), expected != Expected().end());
      if (rule.ok()) {
        EXPECT_EQ(rule->to, expected->second);
      } else {
        EXPECT_EQ(rule.status().code(), absl::StatusCode::kFailedPrecondition);
        EXPECT_EQ(errors::ReasonOf(rule.status()), type::REASON_MOVE_NOT_ALLOWED);
      }
    }
  }
}

TEST(ActivitiesRules, ARefusalNamesStateAndAllowedMovesInBothLanguages) {
  const auto refused = FindMove(A::STATE_CLOSED, M::MOVE_PUBLISH).status();
  EXPECT_EQ(refused.message(), "Not allowed in state CLOSED; allowed from here: START, CANCEL");
  const auto wire = errors::ToWire(refused, errors::Language::kChinese, "");
  EXPECT_NE(wire.SerializeAsString().find("当前状态“已截止报名”不能进行此操作；可进行：开始、取消活动"),
            std::string::npos);
}

TEST(ActivitiesRules, ApprovingMovesBelongToTheUnitAbove) {
  for (const MoveRule& rule : ActivityMoves()) {
    const bool approving = rule.move == M::MOVE_REJECT || rule.move == M::MOVE_PUBLISH;
    EXPECT_EQ(RightOf(rule.move) == MoveRight::kApprove, approving) << M::Move_Name(rule.move);
    EXPECT_EQ(rule.right, RightOf(rule.move)) << M::Move_Name(rule.move);
    const bool explained = rule.move == M::MOVE_REJECT || rule.move == M::MOVE_SUSPEND || rule.move == M::MOVE_CANCEL;
    EXPECT_EQ(rule.needs_reason, explained) << M::Move_Name(rule.move);
  }
}

TEST(ActivitiesRules, EverybodySeesWhatWasPublished) {
  EXPECT_FALSE(PublicIn(A::STATE_DRAFT, true));
  EXPECT_FALSE(PublicIn(A::STATE_SUBMITTED, false));
  EXPECT_TRUE(PublicIn(A::STATE_PUBLISHED, false));
  EXPECT_TRUE(PublicIn(A::STATE_ARCHIVED, true));
  EXPECT_TRUE(PublicIn(A::STATE_CANCELLED, true));
  EXPECT_FALSE(PublicIn(A::STATE_CANCELLED, false));
}

TEST(ActivitiesRules, MethodsInForce) {
  Policy policy;
  for (const auto method :
       {v1::METHOD_TEACH, v1::METHOD_APPRAISE, v1::METHOD_HELP, v1::METHOD_ENJOY, v1::METHOD_CELEBRATE}) {
    EXPECT_TRUE(CheckMethod(policy, method).ok());
  }
  EXPECT_EQ(errors::ReasonOf(CheckMethod(policy, v1::METHOD_DONATE)), type::REASON_METHOD_NOT_IN_FORCE);
  policy.methods_in_force |= MethodSet({v1::METHOD_DONATE});
  EXPECT_TRUE(CheckMethod(policy, v1::METHOD_DONATE).ok());
}

}  // namespace
}  // namespace wenming::activity
