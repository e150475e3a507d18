#include "org_svc/teams/team_record.h"

#include "common/ids/ids.h"
#include "org_svc/etag.h"

namespace wenming::org {

void Seal(TeamRecord& record) {
  record.team.set_name(ids::ResourceName("teams", record.id));
  record.team.set_parent(record.parent_id == 0 ? "" : ids::ResourceName("teams", record.parent_id));
  record.team.set_unit(ids::ResourceName("units", record.unit_id));
  record.team.set_etag(Etag(record.version));
}

v1::TeamChange ToChange(const TeamRecord& record) {
  v1::TeamChange change;
  change.set_version(record.version);
  v1::DirectoryTeam& team = *change.mutable_team();
  team.set_id(record.id);
  team.set_center_id(record.center_id);
  team.set_display_name(record.team.display_name());
  team.set_deleted(record.team.state() == v1::Team::STATE_DELETED);
  return change;
}

}  // namespace wenming::org
