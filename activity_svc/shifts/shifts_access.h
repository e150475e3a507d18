// Which staff read a shift and what belongs to it.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// The shift, for whoever holds the permission on the unit of its activity; PERMISSION_DENIED for all others.
absl::StatusOr<Shift> LoadShiftFor(db::Session& session, const rpc::Call& call, uint64_t shift_id,
                                   std::string_view permission);

}  // namespace wenming::activity
