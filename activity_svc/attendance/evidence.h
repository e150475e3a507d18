// What a phone claims to have seen, checked: the code, the time, the place.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/check_code.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/shifts/shift.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

// What it has to agree with.
struct EvidenceContext {
  const Shift& shift;
  const Activity& activity;
  const Policy& policy;
  const CheckCodes& codes;
  absl::Time now = {};
};

// The distance, in metres, of a position that is within the activity's fence; -1 where it has none. INVALID_ARGUMENT
// for one that is not on the earth, FAILED_PRECONDITION as CheckWithin (fence.h).
absl::StatusOr<int> MeasurePlace(const google::type::LatLng& location, double accuracy_metres, const Activity& activity,
                                 const Policy& policy);

// One end of a presence, proved by the phone of the person himself. Without network the capture's own time counts, and
// the code must be the one of that time. INVALID_ARGUMENT where something is missing, FAILED_PRECONDITION naming the
// rule otherwise. Pure.
absl::StatusOr<Scan> CheckEvidence(Edge edge, const v1::Evidence& evidence, const EvidenceContext& context);

}  // namespace wenming::activity
