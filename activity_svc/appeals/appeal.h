// An appeal as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wenming/activity/v1/appeals.pb.h"

namespace wenming::activity {

using AppealState = v1::Appeal::State;
using AppealOutcome = v1::Appeal::Outcome;

// A value.
struct Appeal {
  uint64_t registration_id = 0;
  uint64_t shift_id = 0;
  uint64_t unit_id = 0;  // the organising unit
  uint64_t volunteer_id = 0;
  AppealState state = v1::Appeal::STATE_OPEN;
  AppealOutcome outcome = v1::Appeal::OUTCOME_UNSPECIFIED;  // of the last decision
  absl::Time claimed_check_in_time = {};
  absl::Time claimed_check_out_time = {};
  absl::Time due_time = {};  // for the decision while open, for the second round while DECIDED
  absl::Time create_time = {};
};

// A move that was made.
struct AppealMove {
  AppealState from = v1::Appeal::STATE_UNSPECIFIED;
  AppealState to = v1::Appeal::STATE_UNSPECIFIED;
  AppealOutcome outcome = v1::Appeal::OUTCOME_UNSPECIFIED;  // where it was a decision
  std::string actor = {};
  std::string reason = {};
  absl::Time time = {};
};

v1::Appeal ToProto(const Appeal& appeal, const std::vector<AppealMove>& moves);

}  // namespace wenming::activity
