// The life cycle of an appeal, and what may be claimed. Pure functions.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/appeals/appeal.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"

namespace wenming::activity {

// Where another appeal of the volunteer leads; UNSPECIFIED is where there has been none. `taken_back_since`: the hours
// were reversed after its last move. FAILED_PRECONDITION with REASON_APPEAL_OPEN while one waits for its decision,
// REASON_APPEAL_FINAL after the last, unless the hours were taken back since.
absl::StatusOr<AppealState> AfterAppeal(AppealState from, bool taken_back_since);

// Where a decision leads: all that is granted, and the second decision, is final. FAILED_PRECONDITION with
// REASON_APPEAL_FINAL after the last, REASON_ALREADY_DECIDED where none waits.
absl::StatusOr<AppealState> AfterDecision(AppealState from, AppealOutcome outcome);

inline bool WaitsForDecision(AppealState state) {
  return state == v1::Appeal::STATE_OPEN || state == v1::Appeal::STATE_REOPENED;
}

// What can be appealed: the hours of somebody who had a place, once they are public. FAILED_PRECONDITION with
// REASON_NOT_SETTLED or REASON_NO_PLACE.
absl::Status CheckAppealable(ShiftState shift, RegistrationState registration);
// The second half of it.
absl::Status CheckHadPlace(RegistrationState registration);

// FAILED_PRECONDITION with REASON_APPEAL_CLOSED from the deadline on.
absl::Status CheckAppealTime(absl::Time due, absl::Time now);

// Times that say when somebody was there: in order, and of which some lie within the shift. INVALID_ARGUMENT.
absl::Status CheckTimes(const Shift& shift, absl::Time in, absl::Time out);

}  // namespace wenming::activity
