// Who reads a registration and what belongs to it.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "activity_svc/registrations/registration.h"
#include "common/db/session.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// The registration, for the person himself and for whoever holds registrations.read on the unit of its activity;
// PERMISSION_DENIED for all others. Its shift may have been removed since.
absl::StatusOr<Registration> LoadRegistrationFor(db::Session& session, const rpc::Call& call, uint64_t id);

}  // namespace wenming::activity
