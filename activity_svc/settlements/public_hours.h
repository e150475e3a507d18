// What stands in public before it is settled (公示, 民发〔2015〕149号), as anybody may read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "wenming/activity/v1/settlements.pb.h"

namespace wenming::activity {

// Where a page begins: after this registration, or among the supplements after this one.
struct PublicPosition {
  bool supplements = false;
  uint64_t after = 0;
};

// Minutes that are to be credited to somebody. A value.
struct PublicHours {
  PublicPosition position = {};
  std::string volunteer_number = {};
  std::string masked_name = {};  // empty for who was a minor on the day
  int minutes = 0;
  Grade grade = v1::Attendance::GRADE_UNSPECIFIED;
  absl::Time until = {};
};

// At most `limit` of a shift: while it is PUBLICISED the presences that count, then the supplements that are.
absl::StatusOr<std::vector<PublicHours>> ListPublicHours(db::Session& session, uint64_t center_id, const Shift& shift,
                                                         const PublicPosition& position, int limit);

v1::PublicHours ToProto(const PublicHours& hours);

}  // namespace wenming::activity
