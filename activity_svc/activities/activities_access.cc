#include "activity_svc/activities/activities_access.h"

namespace wenming::activity {

bool MaySee(const rpc::Call& call, const Activity& activity) {
  call.DecidedAccess();
  return activity.is_public || call.May("activities.read", activity.unit_id);
}

uint64_t ApprovingUnit(const rpc::Call& call, uint64_t unit_id) {
  const auto unit = call.directory == nullptr ? std::nullopt : call.directory->FindUnit(unit_id);
  if (!unit) return 0;
  return unit->parent_id == 0 ? unit->id : unit->parent_id;
}

}  // namespace wenming::activity
