#include "activity_svc/attendance/fence.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

constexpr double kEarthRadiusMetres = 6'371'008.8;  // the mean radius of WGS 84

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

std::string Metres(double metres) { return std::to_string(std::llround(metres)); }

}  // namespace

double DistanceMetres(const Point& a, const Point& b) {
  // The haversine form, which keeps its precision where points are close.
  const double latitude = std::sin(Radians(b.latitude - a.latitude) / 2);
  const double longitude = std::sin(Radians(b.longitude - a.longitude) / 2);
  const double h =
      latitude * latitude + std::cos(Radians(a.latitude)) * std::cos(Radians(b.latitude)) * longitude * longitude;
  return 2 * kEarthRadiusMetres * std::asin(std::sqrt(std::min(1.0, h)));
}

Fence FenceOf(const Activity& activity, const Policy& policy) {
  const int own = activity.fence_metres;
  return {*activity.location, static_cast<double>(own > 0 ? own : policy.fence_metres)};
}

absl::StatusOr<int> CheckWithin(const Fence& fence, const Point& position, double accuracy_metres) {
  // Written so that a NaN fails, too.
  if (!(accuracy_metres >= 0 && accuracy_metres <= kVaguestMetres)) {
    return errors::FailedPrecondition(type::REASON_LOCATION_TOO_VAGUE, {{"accuracy", Metres(accuracy_metres)}});
  }
  const double distance = DistanceMetres(fence.middle, position);
  if (!(distance <= fence.radius_metres + std::min(accuracy_metres, kMostAllowanceMetres))) {
    return errors::FailedPrecondition(type::REASON_OUTSIDE_FENCE,
                                      {{"distance", Metres(distance)}, {"radius", Metres(fence.radius_metres)}});
  }
  return static_cast<int>(std::lround(distance));
}

}  // namespace wenming::activity
