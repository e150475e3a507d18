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

}  // namespace wenming::org
