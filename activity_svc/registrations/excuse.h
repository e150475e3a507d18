// Excusing somebody who cannot come, or could not, with good reason.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "activity_svc/registrations/own_registration.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// Makes a place EXCUSED, and passes it on while the shift has not begun; of an absence it takes back what it did to the
// lock. PERMISSION_DENIED without attendance.run on the activity's unit, or for one's own place; FAILED_PRECONDITION
// with REASON_MOVE_NOT_ALLOWED in any other state, with REASON_CHECKED_IN for one who was there. A repetition changes
// nothing.
absl::StatusOr<Change> Excuse(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids, uint64_t id,
                              std::string_view reason);

}  // namespace wenming::activity
