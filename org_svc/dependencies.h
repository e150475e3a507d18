// What every resource of org_svc stands on; the references outlive the services.
#pragma once

#include "common/audit/trail.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"
#include "common/paging/paging.h"
#include "org_svc/changes.h"

namespace wenming::org {

struct Dependencies {
  db::Pool& db;
  ids::Generator& ids;
  const audit::Trail& trail;
  const paging::Pager& pager;
  ChangeSink& changes;
};

}  // namespace wenming::org
