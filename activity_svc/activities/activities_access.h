// Who may see an activity and what hangs on it.
#pragma once

#include "activity_svc/activities/activity.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// Everybody once it is published; before that, staff with activities.read on its unit. Those who may not are answered
// as if it were not there.
bool MaySee(const rpc::Call& call, const Activity& activity);

// The unit whose approvers decide about activities of `unit_id`: the one above, or itself for a center; 0 when it is
// not known.
uint64_t ApprovingUnit(const rpc::Call& call, uint64_t unit_id);

}  // namespace wenming::activity
