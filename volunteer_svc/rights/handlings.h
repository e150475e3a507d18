// What the audit log says of one record, for the person it is about.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/db/session.h"
#include "wenming/volunteer/v1/rights.pb.h"

namespace wenming::volunteer {

// Adds who has done what with `object` ("volunteers/ID"), the newest first; at most 1000 of what stands in the chain.
absl::Status AddHandlings(db::Session& session, uint64_t center_id, std::string_view object,
                          v1::ExportVolunteerResponse& all);

}  // namespace wenming::volunteer
