// The table of policies: one row for each center that has decided something.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/policies/policy.h"
#include "common/db/session.h"

namespace wenming::activity {

// The policy in force; the defaults where the center has decided nothing.
absl::StatusOr<Policy> LoadPolicy(db::Session& session, uint64_t center_id);

// Stores it in place of the version it was loaded with; ABORTED with REASON_ETAG_MISMATCH when that is not there any
// more.
absl::Status SavePolicy(db::Transaction& transaction, uint64_t center_id, const Policy& policy, absl::Time now);

}  // namespace wenming::activity
