#include "activity_svc/attendance/check_in.h"

#include <optional>
#include <utility>

#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/evidence.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/attendance/personal_code.h"
#include "activity_svc/attendance/scene.h"
#include "activity_svc/station_packs/station_packs_rules.h"
#include "activity_svc/station_packs/station_packs_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

absl::StatusOr<Scene> LoadOwnScene(db::Transaction& tx, const rpc::Call& call, uint64_t registration_id) {
  auto scene = LoadScene(tx, call, registration_id);
  if (scene.ok() && !call.IsVolunteer(scene->registration.volunteer_id)) {
    return errors::PermissionDenied(type::REASON_NOT_YOURS);
  }
  return scene;
}

// Whether the presence still waits for its other end.
bool Open(const Presence& presence) {
  return presence.state == A::STATE_CHECKED_IN || presence.state == A::STATE_AUTO_CLOSED;
}

// A station may have seen the person leave before anybody told that he came; and whoever comes to a shift that has
// ended by now has forgotten to check out, like the others.
absl::StatusOr<Recorded> Come(db::Transaction& tx, const rpc::Call& call, const Scene& scene, const Scan& scan) {
  if (auto status = CheckDevice(tx, call, scene, scan.device_hash); !status.ok()) return status;
  Presence presence = NewPresence(scene, call.now);
  SetEnd(Edge::kIn, scan, presence);
  const auto records = ListRecordsOf(tx, call.center_id, scene.registration.id);
  if (!records.ok()) return records.status();
  presence = *WithRecords(scene.shift, scene.policy, *records, presence, presence);
  if (auto status = StorePresence(tx, call, scene, presence); !status.ok()) return status;
  return Recorded{.presence = std::move(presence), .made = true};
}

absl::StatusOr<Recorded> Leave(db::Transaction& tx, const rpc::Call& call, const Scene& scene, const Scan& scan) {
  Presence presence = *scene.presence;
  if (scan.time < presence.check_in_time) {
    return errors::InvalidField(
        "evidence.capture_time", type::REASON_TIME_ORDER,
        {{"rule_zh", "签退不能早于签到"}, {"rule_en", "the check-out is not before the check-in"}});
  }
  if (auto status = CheckDevice(tx, call, scene, scan.device_hash); !status.ok()) return status;
  presence.state = A::STATE_CHECKED_OUT;
  SetEnd(Edge::kOut, scan, presence);
  presence.flagged = false;
  Assess(scene.shift, scene.policy, presence);
  if (auto status = StorePresence(tx, call, scene, presence); !status.ok()) return status;
  return Recorded{.presence = std::move(presence), .made = true};
}

// Puts the person on the scene whose code it is.
absl::StatusOr<PersonalCode> AdmitByCode(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                         const std::string& text, Scene& scene) {
  const auto code = ParsePersonalCode(text);
  if (!code) return errors::FailedPrecondition(type::REASON_PERSONAL_CODE);
  const absl::Status admitted = Admit(tx, call, code->registration_id, scene);
  const bool stranger = absl::IsNotFound(admitted) || errors::ReasonOf(admitted) == type::REASON_NO_PLACE;
  if (!admitted.ok() && !stranger) return admitted;
  const std::string key = codes.PersonalKey(code->registration_id, scene.registration.volunteer_id);
  if (stranger || !AcceptsPersonal(key, *code, call.now, /*late=*/false)) {
    return errors::FailedPrecondition(type::REASON_PERSONAL_CODE);
  }
  return *code;
}

absl::StatusOr<Scan> CheckScan(Edge edge, const v1::ScanVolunteerRequest& request, const PersonalCode& code,
                               const Scene& scene, absl::Time now) {
  if (auto status = CheckWindow(WindowFor(edge, scene.shift, scene.policy), now); !status.ok()) return status;
  Scan scan{.time = now, .means = A::MEANS_PERSONAL_CODE, .device_hash = code.device_hash};
  if (request.has_location()) {
    const auto distance = MeasurePlace(request.location(), request.accuracy_metres(), scene.activity, scene.policy);
    if (!distance.ok()) return distance.status();
    scan.distance = *distance;
  } else if (scene.activity.location) {
    scan.unenforced = UnenforcedSet({A::UNENFORCED_FENCE});
  }
  return scan;
}

}  // namespace

absl::StatusOr<Recorded> RecordCheckIn(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                       uint64_t registration_id, const v1::Evidence& evidence) {
  const auto scene = LoadOwnScene(tx, call, registration_id);
  if (!scene.ok()) return scene.status();
  if (scene->presence) return Recorded{.presence = *scene->presence};
  if (auto status = CheckTakes(*scene); !status.ok()) return status;
  const EvidenceContext context{scene->shift, scene->activity, scene->policy, codes, call.now};
  const auto scan = CheckEvidence(Edge::kIn, evidence, context);
  if (!scan.ok()) return scan.status();
  return Come(tx, call, *scene, *scan);
}

absl::StatusOr<Recorded> RecordCheckOut(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                        uint64_t registration_id, const v1::Evidence& evidence) {
  const auto scene = LoadOwnScene(tx, call, registration_id);
  if (!scene.ok()) return scene.status();
  if (!scene->presence) return errors::FailedPrecondition(type::REASON_NOT_CHECKED_IN);
  if (!Open(*scene->presence)) return Recorded{.presence = *scene->presence};
  if (auto status = CheckTakes(*scene); !status.ok()) return status;
  const EvidenceContext context{scene->shift, scene->activity, scene->policy, codes, call.now};
  const auto scan = CheckEvidence(Edge::kOut, evidence, context);
  if (!scan.ok()) return scan.status();
  return Leave(tx, call, *scene, *scan);
}

absl::StatusOr<Recorded> RecordScan(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                    uint64_t shift_id, const v1::ScanVolunteerRequest& request) {
  auto scene = OpenScene(tx, call, shift_id);
  if (!scene.ok()) return scene.status();
  if (auto status = call.Authorise("attendance.run", scene->activity.unit_id); !status.ok()) return status;
  const auto code = AdmitByCode(tx, call, codes, request.code(), *scene);
  if (!code.ok()) return code.status();
  if (auto status = CheckNotOwnHours(call, scene->registration.volunteer_id); !status.ok()) return status;
  const bool leaves = request.end() == A::END_OUT;
  if (leaves && !scene->presence) return errors::FailedPrecondition(type::REASON_NOT_CHECKED_IN);
  const bool done = scene->presence && !(leaves && Open(*scene->presence));
  if (done) return Recorded{.presence = *scene->presence};
  if (auto status = CheckTakes(*scene); !status.ok()) return status;
  const auto scan = CheckScan(leaves ? Edge::kOut : Edge::kIn, request, *code, *scene, call.now);
  if (!scan.ok()) return scan.status();
  return leaves ? Leave(tx, call, *scene, *scan) : Come(tx, call, *scene, *scan);
}

}  // namespace wenming::activity
