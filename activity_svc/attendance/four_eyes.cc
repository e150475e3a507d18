#include "activity_svc/attendance/four_eyes.h"

#include "activity_svc/registrations/registrations_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

// 0 for none; the permission was checked before, so there is a directory.
uint64_t VolunteerOf(const rpc::Call& call) { return call.IsStaff() ? call.directory->VolunteerOf(call.caller.id) : 0; }

}  // namespace

absl::Status CheckNotOwnHours(const rpc::Call& call, uint64_t volunteer_id) {
  const uint64_t self = VolunteerOf(call);
  if (self == 0 || self != volunteer_id) return absl::OkStatus();
  return errors::PermissionDenied(type::REASON_OWN_BENEFIT);
}

absl::Status CheckNotOwnShift(db::Session& session, const rpc::Call& call, uint64_t shift_id) {
  const uint64_t self = VolunteerOf(call);
  if (self == 0) return absl::OkStatus();
  const auto own = IsSignedUp(session, call.center_id, shift_id, self);
  if (!own.ok()) return own.status();
  return *own ? errors::PermissionDenied(type::REASON_OWN_BENEFIT) : absl::OkStatus();
}

}  // namespace wenming::activity
