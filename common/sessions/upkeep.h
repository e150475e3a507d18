// What a service does about its sessions beside the calls: tell who has ended, forget what nobody asks for any more.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"

namespace wenming::sessions {

struct Ended {
  uint64_t session_id = 0;
  absl::Time forget_time;  // when its last access token expires
};

// The sessions that were ended at `since` or later and have an access token that is valid after `now`, in no order.
absl::StatusOr<std::vector<Ended>> EndedSince(db::Session& session, absl::Time since, absl::Time now);

// Deletes at most `limit` rows of sessions that could last be renewed before `before`: of each its used tokens, however
// many there are, and then itself. Says how many; fewer than `limit` where none is left.
absl::StatusOr<int64_t> Forget(db::Pool& db, absl::Time before, int limit, absl::Time deadline);

}  // namespace wenming::sessions
