// What a station's records make of a presence, and which of them count. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/shifts/shift.h"

namespace wenming::activity {

// A pack is issued so long before the shift at most: long enough to fetch it in town, short enough that its roster
// still holds (ours).
inline constexpr absl::Duration kEarliestPack = absl::Hours(72);
// People on one roster, at most (ours); a larger shift has network.
inline constexpr int kMostPeople = 5000;

// When a pack for the shift may be issued.
Window PackWindow(const Shift& shift, const Policy& policy);

// One end of a presence that a station recorded and that was taken.
struct StationRecord {
  std::string id = {};
  uint64_t registration_id = 0;
  uint64_t volunteer_id = 0;
  Edge edge = Edge::kIn;
  Scan scan = {};  // with the pack, and what could not be enforced
  std::string fingerprint = {};
};

// When a record was made, by the station's clock, and all that this is held against.
struct Capture {
  absl::Time time;
  absl::Time pack_issued;
  absl::Time pack_expires;
  absl::Time sent;  // the station's clock as it sent the record
  absl::Time now;   // ours at that moment
};
// In order: made while the pack was good (REASON_PACK_INVALID); not after it was sent, by either clock
// (REASON_TIME_ORDER); sent before the policy's time is over (REASON_UPLOAD_TOO_LATE); within the window of its end
// (REASON_OUTSIDE_WINDOW).
absl::Status CheckCapture(Edge edge, const Capture& capture, const Shift& shift, const Policy& policy);

// The presence of a person given everything that stations recorded of it, whatever the order in which it arrived: where
// the end is known in another way, that stands; else a scanned record comes before one that was ticked off, then the
// earliest coming and the latest leaving after it count. One that a leader has decided about stays as it is. `fresh`,
// with neither end, is what a presence begins from where there is none; nothing where nobody came yet.
std::optional<Presence> WithRecords(const Shift& shift, const Policy& policy, const std::vector<StationRecord>& records,
                                    const Presence& fresh, std::optional<Presence> presence);

}  // namespace wenming::activity
