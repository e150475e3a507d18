#include "activity_svc/shifts/shifts_access.h"

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/shifts/shifts_store.h"

namespace wenming::activity {

absl::StatusOr<Shift> LoadShiftFor(db::Session& session, const rpc::Call& call, uint64_t shift_id,
                                   std::string_view permission) {
  auto shift = LoadShift(session, call.center_id, shift_id);
  if (!shift.ok()) return shift.status();
  const auto activity = LoadActivity(session, call.center_id, shift->activity_id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise(permission, activity->unit_id); !status.ok()) return status;
  return shift;
}

}  // namespace wenming::activity
