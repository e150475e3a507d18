#include "common/auth/teams.h"

#include <optional>

#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::auth {

absl::Status CheckTeam(const Directory* directory, uint64_t center_id, std::string_view field, uint64_t team_id) {
  const auto team = directory == nullptr ? std::nullopt : directory->FindTeam(team_id);
  const bool here = team && team->center_id == center_id;
  if (here && !team->deleted) return absl::OkStatus();
  return errors::InvalidField(field, type::REASON_UNKNOWN_REFERENCE,
                              {{"value", here ? team->display_name : ids::ResourceName("teams", team_id)}});
}

}  // namespace wenming::auth
