#include "activity_svc/registrations/registrations_access.h"

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/registrations/registrations_store.h"

namespace wenming::activity {

absl::StatusOr<Registration> LoadRegistrationFor(db::Session& session, const rpc::Call& call, uint64_t id) {
  auto registration = LoadRegistration(session, call.center_id, id);
  if (!registration.ok()) return registration.status();
  const auto activity = LoadActivity(session, call.center_id, registration->activity_id);
  if (!activity.ok()) return activity.status();
  const auto may = call.AuthoriseSelfOr(registration->volunteer_id, "registrations.read", activity->unit_id);
  if (!may.ok()) return may;
  return registration;
}

}  // namespace wenming::activity
