// Lets offers lapse whose time has passed, so that the next on the waiting list gets his turn without anybody calling.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/metrics.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"

namespace wenming::activity {

// One turn, for a Sweeper: lapses every offer that is due at `now`, each in a transaction of its own, and says when the
// next will be. What is due stands in the table, so that restarts lose nothing; of two processes that try the same
// offer, the lock of the shift lets one through and the other finds nothing to do.
absl::StatusOr<absl::Time> SweepOffers(db::Pool& db, ids::Generator& ids, const Metrics& metrics, absl::Time now);

}  // namespace wenming::activity
