// The leader's word on who was there: one presence, or a whole list, inside a transaction.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "activity_svc/attendance/check_in.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

// Staff with attendance.run on the activity's unit; once the shift is confirmed, see late_correction.h. What it
// replaces is kept. Locks the person and the shift.
absl::StatusOr<Recorded> RecordCorrection(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                                          uint64_t registration_id, const v1::CorrectAttendanceRequest& request);

// The same for each line of a list, in their order. A line that is refused, like one about somebody who stands further
// up, leaves the others alone; anything but a refusal ends the whole.
absl::StatusOr<v1::RecordAttendancesResponse> RecordList(db::Transaction& transaction, const rpc::Call& call,
                                                         ids::Generator& ids, uint64_t shift_id,
                                                         const v1::RecordAttendancesRequest& request);

}  // namespace wenming::activity
