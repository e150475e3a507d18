// The correction of one presence between the confirmation of its shift and the settlement, inside a transaction.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/attendance/check_in.h"
#include "activity_svc/attendance/scene.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

// Corrects the presence of the person on the scene, or voids it, and tells him; the registration becomes what follows
// from it. The caller may run attendances there, and the person is locked. PERMISSION_DENIED with REASON_TAKEN_PART for
// whoever took a step of the settlement or had a hand in this presence, REASON_OWN_BENEFIT for the volunteer himself.
// FAILED_PRECONDITION with REASON_APPEAL_OPEN or REASON_ALREADY_DECIDED where the volunteer has appealed, with
// REASON_NO_PLACE for who had no place, with REASON_NOT_CHECKED_IN where there is nothing to void, and like Amend.
absl::StatusOr<Recorded> CorrectConfirmed(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                                          Scene& scene, const v1::CorrectAttendanceRequest& request);

}  // namespace wenming::activity
