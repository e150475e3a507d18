// The fields of an activity that people write: from a request, checked.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/activities/themes_store.h"
#include "common/rpc/call.h"
#include "wenming/activity/v1/activities.pb.h"

namespace wenming::activity {

// The fields that a caller may write.
const std::vector<std::string>& WritableFields();

// Takes the named fields into the activity. INVALID_ARGUMENT naming each that is wrong: an unknown theme, method, team
// or person in charge, a place that is not on the earth. What the proto's rules say has been checked before.
absl::Status TakeFields(const rpc::Call& call, const std::vector<std::string>& fields, const v1::Activity& given,
                        const std::vector<Theme>& themes, Activity& activity);

}  // namespace wenming::activity
