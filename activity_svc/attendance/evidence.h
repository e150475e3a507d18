// What a phone claims to have seen, checked: the code, the time, the place.
#pragma once

#include <string>

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

// One end of a presence, proved.
struct Scan {
  absl::Time time = {};
  Means means = v1::Attendance::MEANS_UNSPECIFIED;
  int distance = -1;  // metres; -1 where the activity has no fence
  std::string device_hash = {};
};

// Without network the capture's own time counts, and the code must be the one of that time. INVALID_ARGUMENT where
// something is missing, FAILED_PRECONDITION naming the rule otherwise. Pure.
absl::StatusOr<Scan> CheckEvidence(Edge edge, const v1::Evidence& evidence, const EvidenceContext& context);

}  // namespace wenming::activity
