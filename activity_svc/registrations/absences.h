// The lock after unexcused absences: whoever did not come, twice say, cannot sign up for a while. What he is signed up
// for stays his. The rule is a pure function of the absences and the policy, so that excusing one takes it back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activity_svc/policies/policy.h"
#include "common/db/session.h"

namespace wenming::activity {

// What a person's absences come to.
struct Lock {
  int absences = 0;  // that count: those behind the lock, or else those of the window that ends with the last one
  std::optional<absl::Time> until = {};  // set where there are enough of them
};

// `absences`: when the missed shifts ended, in order. A lock begins with the end of a shift that completes the policy's
// number of absences within the policy's window; of several, the one that lasts longest holds.
Lock LockAfter(std::span<const absl::Time> absences, const Policy& policy);

// Works a person's lock out anew from his registrations and stores it. The person's row is the transaction's.
absl::Status RefreshLock(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id, const Policy& policy,
                         absl::Time now);

// Locks the rows of those who have a place in the shift and have not been seen, or not been seen to leave, in the order
// of their ids: those who may turn out to be absent. Comes before the lock of the shift.
absl::Status LockThoseMissing(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id);

}  // namespace wenming::activity
