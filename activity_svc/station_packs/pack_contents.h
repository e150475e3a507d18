// What a station pack is made of. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/attendance/check_code.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"
#include "activity_svc/station_packs/station_pass.h"
#include "wenming/activity/v1/station_packs.pb.h"

namespace wenming::activity {

// The facts of the shift, the keys of its codes and those of the codes of the people on the roster: nothing that would
// help at another shift.
v1::StationPackContents ContentsOf(uint64_t pack_id, const Shift& shift, const Activity& activity, const Policy& policy,
                                   const std::vector<Registration>& roster, const CheckCodes& codes);

// Who has a pack made, and when.
struct Issue {
  uint64_t center_id = 0;
  std::string issuer = {};
  absl::Time now = {};
};
// The contents with their pass, good until check-out closes.
absl::StatusOr<v1::StationPack> Seal(const v1::StationPackContents& contents, const Issue& issue,
                                     const PassSigner& signer);

}  // namespace wenming::activity
