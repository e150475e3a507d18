// Teams that requests name, against the directory.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/auth/directory.h"

namespace wenming::auth {

// INVALID_ARGUMENT with REASON_UNKNOWN_REFERENCE for a team that the center does not have or has dissolved, as far as
// org_svc has told: what is dissolved in this second may still pass. `directory` may be null: there are no teams.
absl::Status CheckTeam(const Directory* directory, uint64_t center_id, std::string_view field, uint64_t team_id);

}  // namespace wenming::auth
