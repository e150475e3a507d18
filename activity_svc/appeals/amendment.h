// What an appeal changes, inside a transaction that holds the shift's lock.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/settlements/hour_entry.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// Replaces the presence by these times, keeps what it replaces, and gives the registration what it became. Of a settled
// shift the ledger is told: what it had is taken back, and what stands instead is credited, if it counts. Who was
// excused takes a place again: FAILED_PRECONDITION with REASON_SHIFT_FULL where others have them all, with
// REASON_OVERLAPPING_SHIFT where the person was in another shift then. Before the settlement as after it, with
// REASON_HOURS_OVERLAP where the person is credited for a part of the time otherwise.
absl::Status Amend(db::Transaction& transaction, ids::Generator& ids, const rpc::Call& call, const Word& word,
                   Shift& shift, const Activity& activity, const Policy& policy, Registration& registration,
                   absl::Time in, absl::Time out);

}  // namespace wenming::activity
