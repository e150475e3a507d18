#include "common/rpc/call.h"

namespace wenming::rpc {

bool Call::May(std::string_view permission, uint64_t unit_id) const { return Authorise(permission, unit_id).ok(); }

absl::Status Call::Authorise(std::string_view permission, uint64_t unit_id) const {
  access_decided = true;
  if (!IsStaff() && !IsClient()) return errors::PermissionDenied(type::REASON_AUDIENCE);
  if (directory == nullptr || !directory->Ready(arrival)) {
    return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  }
  if (!directory->Holds(caller.id, permission, unit_id)) {
    return errors::PermissionDenied(type::REASON_PERMISSION, {{"permission", std::string(permission)}});
  }
  return absl::OkStatus();
}

absl::Status Call::AuthoriseSelfOr(uint64_t volunteer_id, std::string_view permission, uint64_t unit_id) const {
  access_decided = true;
  if (IsVolunteer(volunteer_id)) return absl::OkStatus();
  if (IsVolunteer()) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  return Authorise(permission, unit_id);
}

}  // namespace wenming::rpc
