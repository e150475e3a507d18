// What an appeal, or a late correction, changes, inside a transaction that holds the shift's lock.
#pragma once

#include <optional>

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

// From when to when somebody was there.
struct Times {
  absl::Time in;
  absl::Time out;
};

// Replaces the presence by these times, or voids it where there are none (there is a presence then), keeps what it
// replaces, and gives the registration what it became. Of a settled
// shift the ledger is told: what it had is taken back, and what stands instead is credited, if it counts. Who was
// excused takes a place again: FAILED_PRECONDITION with REASON_SHIFT_FULL where others have them all, with
// REASON_OVERLAPPING_SHIFT where the person was in another shift then. Before the settlement as after it, with
// REASON_HOURS_OVERLAP where the person is credited for a part of the time otherwise.
absl::Status Amend(db::Transaction& transaction, ids::Generator& ids, const rpc::Call& call, const Word& word,
                   Shift& shift, const Activity& activity, const Policy& policy, Registration& registration,
                   std::optional<Times> times);

}  // namespace wenming::activity
