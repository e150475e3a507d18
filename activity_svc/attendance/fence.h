// Where a phone is, and whether that is close enough. Pure functions.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/policies/policy.h"

namespace wenming::activity {

// A position less exact than this says nothing.
inline constexpr double kVaguestMetres = 500;
// An inexact position may be this much outside, at most.
inline constexpr double kMostAllowanceMetres = 100;

// The great-circle distance in metres.
double DistanceMetres(const Point& a, const Point& b);

// A circle around the place of an activity.
struct Fence {
  Point middle;
  double radius_metres = 0;
};
// That of an activity which has a place: its own radius, or else the policy's.
Fence FenceOf(const Activity& activity, const Policy& policy);

// The distance, rounded to metres, of a position with this accuracy that is within the fence: at most radius +
// min(accuracy, 100 m) away. FAILED_PRECONDITION with REASON_LOCATION_TOO_VAGUE or REASON_OUTSIDE_FENCE.
absl::StatusOr<int> CheckWithin(const Fence& fence, const Point& position, double accuracy_metres);

}  // namespace wenming::activity
