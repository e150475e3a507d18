// Why somebody may not sign up, told beforehand.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "activity_svc/registrations/sign_up.h"
#include "common/db/session.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// What this sign-up would come to at its time, by FindRefusals: every refusal, or whether it would be a place.
// NOT_FOUND for the shift.
absl::StatusOr<v1::ExplainEligibilityResponse> Explain(db::Session& session, uint64_t center_id, const SignUp& sign_up);

}  // namespace wenming::activity
