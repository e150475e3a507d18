// The life cycle of an activity: one table of allowed moves. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/policies/policy.h"

namespace wenming::activity {

using ActivityState = v1::Activity::State;
using ActivityMove = v1::MoveActivityRequest::Move;

// Who may make a move: those who write activities of the unit, or those who approve for the unit one level up.
enum class MoveRight { kWrite, kApprove };

struct MoveRule {
  ActivityState from;
  ActivityMove move;
  ActivityState to;
  MoveRight right = MoveRight::kWrite;
  bool needs_reason = false;
};

// Every allowed move; what is not in it is refused.
std::span<const MoveRule> ActivityMoves();

// The rule for a move; FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED, naming the state and the moves it has, when
// there is none.
absl::StatusOr<MoveRule> FindMove(ActivityState from, ActivityMove move);

// Whose decision the move is, in whatever state.
MoveRight RightOf(ActivityMove move);

// Takes the activity where the rule leads: state, reason, whether everybody may see it.
void Advance(Activity& activity, const MoveRule& rule, std::string_view reason);

// What people call them.
std::string_view ChineseName(ActivityState state);
std::string_view ChineseName(ActivityMove move);
std::string_view ChineseName(v1::Method method);
// "DRAFT".
std::string EnglishName(ActivityState state);

// Whether everybody may see an activity after it has come to a state; `before`: whether they could before.
bool PublicIn(ActivityState state, bool before);

// FAILED_PRECONDITION with REASON_NOT_A_DRAFT.
absl::Status CheckDraft(ActivityState state);

// FAILED_PRECONDITION with REASON_INSURANCE_REQUIRED: who takes part in what is dangerous is insured (条例 Art 17).
absl::Status CheckInsured(const Activity& activity);

// FAILED_PRECONDITION with REASON_METHOD_NOT_IN_FORCE.
absl::Status CheckMethod(const Policy& policy, v1::Method method);

}  // namespace wenming::activity
