#include "activity_svc/attendance/scene.h"

#include <utility>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {

absl::StatusOr<Scene> OpenScene(db::Transaction& tx, const rpc::Call& call, uint64_t shift_id) {
  Scene scene;
  auto shift = LockShift(tx, call.center_id, shift_id);
  if (!shift.ok()) return shift.status();
  scene.shift = *std::move(shift);
  auto activity = LoadActivity(tx, call.center_id, scene.shift.activity_id);
  if (!activity.ok()) return activity.status();
  scene.activity = *std::move(activity);
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  scene.policy = *policy;
  return scene;
}

absl::Status Admit(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id, Scene& scene) {
  auto registration = LoadRegistration(tx, call.center_id, registration_id);
  if (!registration.ok()) return registration.status();
  if (registration->shift_id != scene.shift.id) return errors::FailedPrecondition(type::REASON_NO_PLACE);
  auto presence = FindPresence(tx, call.center_id, registration_id);
  if (!presence.ok()) return presence.status();
  scene.registration = *std::move(registration);
  scene.presence = *std::move(presence);
  return absl::OkStatus();
}

absl::StatusOr<Scene> LoadScene(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id) {
  const auto seen = LoadRegistration(tx, call.center_id, registration_id);
  if (!seen.ok()) return seen.status();
  auto scene = OpenScene(tx, call, seen->shift_id);
  if (!scene.ok()) return scene;
  if (auto status = Admit(tx, call, registration_id, *scene); !status.ok()) return status;
  return scene;
}

absl::Status CheckTakes(const Scene& scene) {
  if (auto status = CheckTakesPresences(scene.shift.state); !status.ok()) return status;
  if (scene.registration.state == v1::Registration::STATE_CONFIRMED) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_NO_PLACE);
}

absl::Status CheckDevice(db::Transaction& tx, const rpc::Call& call, const Scene& scene, std::string_view device_hash) {
  const auto used = DeviceUsedByAnother(tx, call.center_id, scene.shift.id, device_hash, scene.registration.id);
  if (!used.ok()) return used.status();
  return *used ? errors::FailedPrecondition(type::REASON_DEVICE_USED) : absl::OkStatus();
}

Presence NewPresence(const Scene& scene, absl::Time now) {
  Presence presence{.registration_id = scene.registration.id,
                    .shift_id = scene.shift.id,
                    .volunteer_id = scene.registration.volunteer_id};
  presence.create_time = now;
  presence.volunteer_number = scene.registration.volunteer_number;
  presence.masked_name = scene.registration.masked_name;
  return presence;
}

absl::Status StorePresence(db::Transaction& tx, const rpc::Call& call, const Scene& scene, const Presence& presence) {
  return scene.presence ? UpdatePresence(tx, call.center_id, presence, call.now)
                        : InsertPresence(tx, call.center_id, presence);
}

}  // namespace wenming::activity
