// The life cycle of a supplement, and when one may be asked for. Pure functions.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/shifts/shift.h"
#include "activity_svc/supplements/supplement.h"

namespace wenming::activity {

// Where the move leads; FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED, naming the moves there are, when nowhere.
absl::StatusOr<SupplementState> NextState(SupplementState from, SupplementMove move);

// Whether the move says why.
inline bool NeedsReason(SupplementMove move) {
  return move == v1::MoveSupplementRequest::MOVE_REJECT || move == v1::MoveSupplementRequest::MOVE_REVERSE;
}

// Hours come from what took place: FAILED_PRECONDITION with REASON_ACTIVITY_NOT_OPEN while the activity is not
// published, with REASON_MOVE_NOT_ALLOWED where the shift was called off.
absl::Status CheckTookPlace(const Activity& activity, const Shift& shift);

// After the shift (REASON_SHIFT_NOT_ENDED), and before the recording deadline `due` (REASON_RECORDING_CLOSED), however
// urgent: 民政部令第67号 Art 11.
absl::Status CheckRecordingTime(const Shift& shift, absl::Time due, absl::Time now);

std::string_view ChineseName(SupplementState state);

}  // namespace wenming::activity
