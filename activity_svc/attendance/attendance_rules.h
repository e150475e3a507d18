// When one may check in and out, how much of a presence counts, and how sure it is. Pure functions.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"

namespace wenming::activity {

// From and until when an end of a presence may be made: coming from a little before the start until the end, leaving
// from the start until a while after the end.
struct Window {
  absl::Time from;
  absl::Time until;
};
Window WindowFor(Edge edge, const Shift& shift, const Policy& policy);

// FAILED_PRECONDITION with REASON_OUTSIDE_WINDOW, naming the window in Chinese time.
absl::Status CheckWindow(const Window& window, absl::Time time);

// A capture sent later: not from the future (INVALID_ARGUMENT), and sent before the policy's time is over
// (FAILED_PRECONDITION with REASON_UPLOAD_TOO_LATE).
// Phones' clocks differ a little from ours.
inline constexpr absl::Duration kClockDifference = absl::Minutes(2);
absl::Status CheckUpload(const Shift& shift, const Policy& policy, absl::Time capture_time, absl::Time now);

// What a leader says of one person: not before check-in opens, in order, and neither after now nor after check-out
// closes. INVALID_ARGUMENT naming every field that is wrong.
absl::Status CheckLeadersTimes(const Shift& shift, const Policy& policy, absl::Time in, absl::Time out, absl::Time now);

// The part of [from, until) that lies within the shift; empty (zero length) when none does.
struct Span {
  absl::Time start;
  absl::Time end;
};
Span WithinShift(const Shift& shift, absl::Time from, absl::Time until);

// Whole minutes of a presence that count: within the shift, less the break, never negative; 0 when less than the
// policy's share of the shift (its break taken off, too) was attended. The way there and back does not count
// (志愿服务记录办法): nothing outside the shift does.
int CountedMinutes(const Shift& shift, const Policy& policy, absl::Time from, absl::Time until);

// How sure a presence is: A both ends scanned and `sure` of both, that is their positions checked and no rule left
// unenforced; B one end scanned, or both without that; C the leader's list.
Grade GradeOf(Means in, Means out, bool sure);

// Writes minutes and grade of a presence with both ends; a presence without an end has neither.
void Assess(const Shift& shift, const Policy& policy, Presence& presence);

// What the registration of a confirmed person became.
RegistrationState OutcomeOf(const Presence& presence);

}  // namespace wenming::activity
