// Ends the shifts that nobody ended, an hour after their planned end.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"

namespace wenming::activity {

// One turn, for a Sweeper: ends every shift that is due at `now`, each in a transaction of its own, and says when the
// next will be. Safe in any number of processes at once.
absl::StatusOr<absl::Time> SweepShifts(db::Pool& db, ids::Generator& ids, absl::Time now);

}  // namespace wenming::activity
