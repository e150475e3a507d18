// Everything that is kept here about a person, for the person.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// A person's registrations with all that belongs to them, newest first, those with an id below `before`.
absl::StatusOr<std::vector<v1::RegistrationExport>> ExportOwn(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id, uint64_t before, int limit);

}  // namespace wenming::activity
