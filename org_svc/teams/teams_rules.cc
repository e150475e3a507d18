#include "org_svc/teams/teams_rules.h"

#include "common/errors/errors.h"

namespace wenming::org {

const std::vector<std::string>& UpdatableTeamFields() {
  static const auto& fields = *new std::vector<std::string>{"kind", "display_name", "specialty"};
  return fields;
}

bool FitsBelow(v1::Team::Tier tier, v1::Team::Tier parent) {
  switch (tier) {
    case v1::Team::TIER_GENERAL:
      return parent == v1::Team::TIER_UNSPECIFIED;
    case v1::Team::TIER_SPECIAL:
      return parent == v1::Team::TIER_GENERAL;
    case v1::Team::TIER_SQUAD:
      return parent == v1::Team::TIER_SPECIAL;
    default:
      return false;
  }
}

absl::Status CheckTeamParent(v1::Team::Tier tier, const TeamRecord* parent) {
  if (!FitsBelow(tier, parent == nullptr ? v1::Team::TIER_UNSPECIFIED : parent->team.tier())) {
    return errors::FailedPrecondition(type::REASON_TEAM_SHAPE);
  }
  return parent == nullptr ? absl::OkStatus() : CheckActive(*parent);
}

absl::Status CheckActive(const TeamRecord& record) {
  if (record.team.state() == v1::Team::STATE_ACTIVE) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", v1::Team::State_Name(record.team.state())}, {"allowed", "-"}});
}

void ApplyTeamFields(const std::vector<std::string>& fields, const v1::Team& from, v1::Team& to) {
  for (const std::string& field : fields) {
    if (field == "kind") to.set_kind(from.kind());
    if (field == "display_name") to.set_display_name(from.display_name());
    if (field == "specialty") to.set_specialty(from.specialty());
  }
}

}  // namespace wenming::org
