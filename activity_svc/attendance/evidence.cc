#include "activity_svc/attendance/evidence.h"

#include <cmath>

#include "activity_svc/attendance/fence.h"
#include "activity_svc/names.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"

namespace wenming::activity {

absl::StatusOr<int> MeasurePlace(const google::type::LatLng& location, double accuracy_metres, const Activity& activity,
                                 const Policy& policy) {
  if (!activity.location) return -1;
  const Point position{location.latitude(), location.longitude()};
  if (!(std::abs(position.latitude) <= 90 && std::abs(position.longitude) <= 180)) {
    return errors::InvalidField("evidence.location", type::REASON_OUT_OF_RANGE,
                                {{"min", "-90, -180"}, {"max", "90, 180"}});
  }
  return CheckWithin(FenceOf(activity, policy), position, accuracy_metres);
}

absl::StatusOr<Scan> CheckEvidence(Edge edge, const v1::Evidence& evidence, const EvidenceContext& context) {
  const bool offline = evidence.has_capture_time();
  const absl::Time time = offline ? FromProto(evidence.capture_time()) : context.now;
  if (offline) {
    const absl::Status upload = CheckUpload(context.shift, context.policy, time, context.now);
    if (!upload.ok()) return upload;
  }
  const absl::Status in_time = CheckWindow(WindowFor(edge, context.shift, context.policy), time);
  if (!in_time.ok()) return in_time;
  if (!context.codes.Accepts(context.shift.id, evidence.code(), time)) {
    return errors::FailedPrecondition(type::REASON_WRONG_CODE);
  }
  if (context.activity.location && !evidence.has_location()) {
    return errors::InvalidField("evidence.location", type::REASON_REQUIRED);
  }
  const auto distance = MeasurePlace(evidence.location(), evidence.accuracy_metres(), context.activity, context.policy);
  if (!distance.ok()) return distance.status();
  return Scan{.time = time,
              .means = offline ? v1::Attendance::MEANS_CODE_OFFLINE : v1::Attendance::MEANS_CODE,
              .distance = *distance,
              .device_hash = crypto::Sha256(evidence.device_id()),
              .unenforced = offline ? UnenforcedSet({v1::Attendance::UNENFORCED_SERVER_TIME}) : 0};
}

}  // namespace wenming::activity
