// All that a presence is judged by, inside a transaction that holds the lock of its shift.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// A value. The last two are of one person, and empty before Admit.
struct Scene {
  Shift shift;
  Activity activity;
  Policy policy;
  Registration registration = {};
  std::optional<Presence> presence = {};
};

// Locks the shift; nobody is on the scene yet.
absl::StatusOr<Scene> OpenScene(db::Transaction& transaction, const rpc::Call& call, uint64_t shift_id);

// Puts the person of a registration on the scene, in place of whoever was. NOT_FOUND, or FAILED_PRECONDITION with
// REASON_NO_PLACE for a registration of another shift.
absl::Status Admit(db::Transaction& transaction, const rpc::Call& call, uint64_t registration_id, Scene& scene);

// Both, by the registration alone.
absl::StatusOr<Scene> LoadScene(db::Transaction& transaction, const rpc::Call& call, uint64_t registration_id);

// Presences are taken for those who have a place, until the leader has confirmed the shift.
absl::Status CheckTakes(const Scene& scene);

// One phone speaks for one person in a shift, whichever end of the presence it is: REASON_DEVICE_USED.
absl::Status CheckDevice(db::Transaction& transaction, const rpc::Call& call, const Scene& scene,
                         std::string_view device_hash);

// A presence of the person on the scene, with neither end.
Presence NewPresence(const Scene& scene, absl::Time now);

// Writes `presence` in place of the one on the scene, if there is one.
absl::Status StorePresence(db::Transaction& transaction, const rpc::Call& call, const Scene& scene,
                           const Presence& presence);

}  // namespace wenming::activity
