// A person's registrations with all that belongs to them: presences, corrections, station records, appeals, hours.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "activity_svc/registrations/registration.h"
#include "common/db/session.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// Adds them to a page of the export. `registrations`: the person's own, newest first; not one is left out between the
// newest and the oldest.
absl::Status AddRegistrations(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                              const std::vector<Registration>& registrations, v1::ExportMyRegistrationsResponse& page);

}  // namespace wenming::activity
