// The shape of the teams, 1+12+N. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "org_svc/teams/team_record.h"

namespace wenming::org {

// The fields UpdateTeam may change.
const std::vector<std::string>& UpdatableTeamFields();

// Whether a team of `tier` may stand below one of `parent`; TIER_UNSPECIFIED stands for no parent at all.
bool FitsBelow(v1::Team::Tier tier, v1::Team::Tier parent);

// FAILED_PRECONDITION with REASON_TEAM_SHAPE, or as CheckActive has it. `parent` is null where there is none.
absl::Status CheckTeamParent(v1::Team::Tier tier, const TeamRecord* parent);

// FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED for a team that was deleted: nothing leads out of that state.
absl::Status CheckActive(const TeamRecord& record);

// Takes over the named fields (of UpdatableTeamFields), empty ones included.
void ApplyTeamFields(const std::vector<std::string>& fields, const v1::Team& from, v1::Team& to);

}  // namespace wenming::org
