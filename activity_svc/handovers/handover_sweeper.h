// Lets proposals lapse that nobody has answered in time.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"

namespace wenming::activity {

// One turn, for a Sweeper: lapses every handover that is due at `now` and says when the next will be. What is due
// stands in the table, so that restarts lose nothing.
absl::StatusOr<absl::Time> SweepHandovers(db::Pool& db, ids::Generator& ids, absl::Time now);

}  // namespace wenming::activity
