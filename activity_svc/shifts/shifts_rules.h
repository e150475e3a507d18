// What a shift must look like, and the way it goes from sign-up to settled hours. Pure functions.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/shifts/shift.h"

namespace wenming::activity {

inline constexpr absl::Duration kLongestShift = absl::Hours(24);
// A shift that nobody ends ends by itself so long after its planned end.
inline constexpr absl::Duration kEndsByItselfAfter = absl::Hours(1);

// What moves a shift on.
enum class ShiftMove { kEnd, kConfirm, kPublicize, kSettle };

// INVALID_ARGUMENT naming every field that is wrong.
absl::Status CheckShift(const Shift& shift);

// Where the move leads from the state; FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED when nowhere.
absl::StatusOr<ShiftState> NextState(ShiftState from, ShiftMove move);

// FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED unless presences may still be entered: OPEN or ENDED.
absl::Status CheckTakesPresences(ShiftState state);

// Whether its hours are confirmed and not settled yet.
inline bool WaitsForSettlement(ShiftState state) {
  return state == v1::Shift::STATE_CONFIRMED || state == v1::Shift::STATE_PUBLICISED;
}

std::string_view ChineseName(ShiftState state);
std::string_view ChineseName(ShiftMove move);

}  // namespace wenming::activity
