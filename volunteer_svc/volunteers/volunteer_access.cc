#include "volunteer_svc/volunteers/volunteer_access.h"

#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/volunteers/volunteers_store.h"

namespace wenming::volunteer {

absl::Status AuthoriseFor(const rpc::Call& call, db::Session& session, uint64_t volunteer_id,
                          std::string_view permission) {
  if (call.IsVolunteer() && !call.IsVolunteer(volunteer_id)) {
    return call.AuthoriseSelfOr(volunteer_id, permission, 0);
  }
  const auto unit = VolunteersStore::FindUnit(session, call.center_id, volunteer_id);
  if (!unit.ok()) return unit.status();
  if (!unit->has_value()) return errors::NotFound(ids::ResourceName("volunteers", volunteer_id));
  return call.AuthoriseSelfOr(volunteer_id, permission, **unit);
}

}  // namespace wenming::volunteer
