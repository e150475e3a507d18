// Checking in and out, by the volunteer's own phone or by the organiser who scans it, inside a transaction. Each
// function locks the shift.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "activity_svc/attendance/check_code.h"
#include "activity_svc/attendance/presence.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

// A presence, and whether the call made it; false: it was there, and the call changed nothing.
struct Recorded {
  Presence presence = {};
  bool made = false;
};

// A repetition gets the presence as it is by now, so that a phone that lost the answer may send it again.
absl::StatusOr<Recorded> RecordCheckIn(db::Transaction& transaction, const rpc::Call& call, const CheckCodes& codes,
                                       uint64_t registration_id, const v1::Evidence& evidence);
absl::StatusOr<Recorded> RecordCheckOut(db::Transaction& transaction, const rpc::Call& call, const CheckCodes& codes,
                                        uint64_t registration_id, const v1::Evidence& evidence);

// Staff or a back end with attendance.run on the activity's unit, with the code that the volunteer shows
// (REASON_PERSONAL_CODE). The same for a repetition while the code is good.
absl::StatusOr<Recorded> RecordScan(db::Transaction& transaction, const rpc::Call& call, const CheckCodes& codes,
                                    uint64_t shift_id, const v1::ScanVolunteerRequest& request);

}  // namespace wenming::activity
