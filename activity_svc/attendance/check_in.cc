#include "activity_svc/attendance/check_in.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/evidence.h"
#include "activity_svc/attendance/settlement.h"
#include "activity_svc/names.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

// All that a presence is judged by; the shift is locked.
struct Scene {
  Registration registration;
  Shift shift;
  Activity activity;
  Policy policy;
  std::optional<Presence> presence;
};

absl::StatusOr<Scene> LoadScene(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id) {
  Scene scene;
  const auto seen = LoadRegistration(tx, call.center_id, registration_id);
  if (!seen.ok()) return seen.status();
  auto shift = LockShift(tx, call.center_id, seen->shift_id);
  if (!shift.ok()) return shift.status();
  scene.shift = *std::move(shift);
  auto registration = LoadRegistration(tx, call.center_id, registration_id);
  if (!registration.ok()) return registration.status();
  scene.registration = *std::move(registration);
  auto activity = LoadActivity(tx, call.center_id, scene.shift.activity_id);
  if (!activity.ok()) return activity.status();
  scene.activity = *std::move(activity);
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  scene.policy = *policy;
  auto presence = FindPresence(tx, call.center_id, registration_id);
  if (!presence.ok()) return presence.status();
  scene.presence = *std::move(presence);
  return scene;
}

absl::StatusOr<Scene> LoadOwnScene(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id) {
  auto scene = LoadScene(tx, call, registration_id);
  if (scene.ok() && !call.IsVolunteer(scene->registration.volunteer_id)) {
    return errors::PermissionDenied(type::REASON_NOT_YOURS);
  }
  return scene;
}

// Presences are taken for those who have a place, until the leader has confirmed the shift.
absl::Status CheckTakes(const Scene& scene) {
  if (auto status = CheckTakesPresences(scene.shift.state); !status.ok()) return status;
  if (scene.registration.state == v1::Registration::STATE_CONFIRMED) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_NO_PLACE);
}

// One phone speaks for one person in a shift, whichever end of the presence it is.
absl::Status CheckDevice(db::Transaction& tx, const Scene& scene, const rpc::Call& call, std::string_view device_hash) {
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

absl::Status CheckCorrection(const Scene& scene, absl::Time in, absl::Time out, absl::Time now) {
  std::vector<errors::FieldViolation> wrong;
  if (in < WindowFor(Edge::kIn, scene.shift, scene.policy).from) {
    wrong.push_back({"check_in_time",
                     type::REASON_TIME_ORDER,
                     {{"rule_zh", "不能早于签到开始时间"}, {"rule_en", "not before check-in opens"}}});
  }
  if (out <= in || out > now || out > WindowFor(Edge::kOut, scene.shift, scene.policy).until) {
    wrong.push_back({"check_out_time",
                     type::REASON_TIME_ORDER,
                     {{"rule_zh", "应晚于签到时间，且不晚于现在和签退截止时间"},
                      {"rule_en", "after the check-in, and neither after now nor after check-out closes"}}});
  }
  return wrong.empty() ? absl::OkStatus() : errors::InvalidFields(wrong);
}

}  // namespace

absl::StatusOr<Recorded> RecordCheckIn(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                       uint64_t registration_id, const v1::Evidence& evidence) {
  auto scene = LoadOwnScene(tx, call, registration_id);
  if (!scene.ok()) return scene.status();
  if (scene->presence) return Recorded{.presence = *std::move(scene->presence)};
  if (auto status = CheckTakes(*scene); !status.ok()) return status;
  const EvidenceContext context{scene->shift, scene->activity, scene->policy, codes, call.now};
  const auto scan = CheckEvidence(Edge::kIn, evidence, context);
  if (!scan.ok()) return scan.status();
  if (auto status = CheckDevice(tx, *scene, call, scan->device_hash); !status.ok()) return status;
  Presence presence = NewPresence(*scene, call.now);
  presence.check_in_time = scan->time;
  presence.check_in_means = scan->means;
  presence.check_in_distance = scan->distance;
  presence.device_hash = scan->device_hash;
  // Sent after the shift ended: unless a check-out follows, it was forgotten like the others'.
  if (scene->shift.state == v1::Shift::STATE_ENDED) CloseAtPlannedEnd(scene->shift, scene->policy, presence);
  if (auto status = InsertPresence(tx, call.center_id, presence); !status.ok()) return status;
  return Recorded{.presence = std::move(presence), .made = true};
}

absl::StatusOr<Recorded> RecordCheckOut(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                        uint64_t registration_id, const v1::Evidence& evidence) {
  auto scene = LoadOwnScene(tx, call, registration_id);
  if (!scene.ok()) return scene.status();
  if (!scene->presence) return errors::FailedPrecondition(type::REASON_NOT_CHECKED_IN);
  Presence presence = *std::move(scene->presence);
  const bool open = presence.state == A::STATE_CHECKED_IN || presence.state == A::STATE_AUTO_CLOSED;
  if (!open) return Recorded{.presence = std::move(presence)};
  if (auto status = CheckTakes(*scene); !status.ok()) return status;
  const EvidenceContext context{scene->shift, scene->activity, scene->policy, codes, call.now};
  const auto scan = CheckEvidence(Edge::kOut, evidence, context);
  if (!scan.ok()) return scan.status();
  if (scan->time < presence.check_in_time) {
    return errors::InvalidField(
        "evidence.capture_time", type::REASON_TIME_ORDER,
        {{"rule_zh", "签退不能早于签到"}, {"rule_en", "the check-out is not before the check-in"}});
  }
  if (auto status = CheckDevice(tx, *scene, call, scan->device_hash); !status.ok()) return status;
  presence.state = A::STATE_CHECKED_OUT;
  presence.check_out_time = scan->time;
  presence.check_out_means = scan->means;
  presence.check_out_distance = scan->distance;
  presence.out_device_hash = scan->device_hash;
  presence.flagged = false;
  Assess(scene->shift, scene->policy, presence);
  if (auto status = UpdatePresence(tx, call.center_id, presence, call.now); !status.ok()) return status;
  return Recorded{.presence = std::move(presence), .made = true};
}

absl::StatusOr<Recorded> RecordCorrection(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids,
                                          uint64_t registration_id, const v1::CorrectAttendanceRequest& request) {
  auto scene = LoadScene(tx, call, registration_id);
  if (!scene.ok()) return scene.status();
  if (auto status = call.Authorise("attendance.run", scene->activity.unit_id); !status.ok()) return status;
  if (auto status = CheckTakes(*scene); !status.ok()) return status;
  const absl::Time in = FromProto(request.check_in_time());
  const absl::Time out = FromProto(request.check_out_time());
  if (auto status = CheckCorrection(*scene, in, out, call.now); !status.ok()) return status;
  const std::optional<Presence> old = std::move(scene->presence);
  const absl::Status kept = InsertCorrection(tx, call.center_id, registration_id, ids.Next(), old, call.caller.subject,
                                             request.reason(), call.now);
  if (!kept.ok()) return kept;
  Presence presence = old.value_or(NewPresence(*scene, call.now));
  presence.state = A::STATE_CORRECTED;
  presence.check_in_time = in;
  presence.check_out_time = out;
  presence.check_in_means = presence.check_out_means = A::MEANS_LEADER;
  presence.flagged = false;
  presence.reason = request.reason();
  Assess(scene->shift, scene->policy, presence);
  const absl::Status stored =
      old ? UpdatePresence(tx, call.center_id, presence, call.now) : InsertPresence(tx, call.center_id, presence);
  if (!stored.ok()) return stored;
  return Recorded{.presence = std::move(presence), .made = !old.has_value()};
}

}  // namespace wenming::activity
