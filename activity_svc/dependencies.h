// What the services of activity_svc stand on.
#pragma once

#include "activity_svc/attendance/check_code.h"
#include "activity_svc/metrics.h"
#include "common/audit/trail.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"
#include "common/paging/paging.h"

namespace wenming::activity {

// References to things that outlive the services; all thread-safe.
struct Dependencies {
  db::Pool& db;
  ids::Generator& ids;
  const audit::Trail& trail;
  const paging::Pager& pager;
  const CheckCodes& codes;
  const Metrics& metrics;
};

}  // namespace wenming::activity
