// What a move of an activity asks of its shifts and does to them.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "activity_svc/activities/activities_rules.h"
#include "activity_svc/activities/activity.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// Publishing opens the shifts for sign-up, leaving that state closes them, cancelling calls off shifts that have
// not begun, and their sign-ups, whose people are told; suspending takes open offers back, whose people are told, too,
// and resuming offers again; what has begun is ended, confirmed and settled as ever.
// FAILED_PRECONDITION when the shifts do not allow the move: none yet, one still to come, people signed up, hours not
// settled, or a method that is not in force. The activity is locked.
absl::Status MoveShifts(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                        const Activity& activity, const MoveRule& rule, std::string_view reason);

}  // namespace wenming::activity
