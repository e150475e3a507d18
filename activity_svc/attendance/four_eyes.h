// Nobody decides about his own hours: whoever is a volunteer too leaves them to somebody else.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "common/db/session.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// PERMISSION_DENIED with REASON_OWN_BENEFIT where the hours are the caller's own as a volunteer.
absl::Status CheckNotOwnHours(const rpc::Call& call, uint64_t volunteer_id);

// The same where the caller has signed up for the shift, so that his hours are among its.
absl::Status CheckNotOwnShift(db::Session& session, const rpc::Call& call, uint64_t shift_id);

}  // namespace wenming::activity
