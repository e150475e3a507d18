// Reads a roster with its presences.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "activity_svc/rosters/roster_table.h"
#include "common/db/session.h"

namespace wenming::activity {

// The first `limit` of a shift in the order of a roster: state, place on the waiting list, id; only those in `state`
// unless that is UNSPECIFIED.
absl::StatusOr<std::vector<RosterEntry>> ReadRoster(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                    RegistrationState state, int limit);

}  // namespace wenming::activity
