#include "activity_svc/station_packs/upload.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "activity_svc/attendance/evidence.h"
#include "activity_svc/attendance/fence.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/attendance/personal_code.h"
#include "activity_svc/attendance/refusal.h"
#include "activity_svc/attendance/scene.h"
#include "activity_svc/names.h"
#include "activity_svc/station_packs/station_packs_rules.h"
#include "activity_svc/station_packs/station_packs_store.h"
#include "common/errors/errors.h"
#include "common/ids/fingerprint.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

// What all records of an upload are taken by.
struct Upload {
  const CheckCodes& codes;
  const v1::StationPass& pass;
  uint64_t pack_id;
  absl::Time sent;
};

// The person's code as the station scanned it; without one he was ticked off the roster.
absl::Status CheckCode(db::Transaction& tx, const rpc::Call& call, const Upload& upload, const Scene& scene,
                       const std::string& text, Scan& scan) {
  if (text.empty()) {
    scan.means = A::MEANS_LEADER;
    scan.unenforced |= UnenforcedSet({A::UNENFORCED_CODE, A::UNENFORCED_ONE_DEVICE});
    return absl::OkStatus();
  }
  const auto code = ParsePersonalCode(text);
  const Registration& of = scene.registration;
  if (!code || code->registration_id != of.id ||
      !AcceptsPersonal(upload.codes.PersonalKey(of.id, of.volunteer_id), *code, scan.time, /*late=*/true)) {
    return errors::FailedPrecondition(type::REASON_PERSONAL_CODE);
  }
  scan.means = A::MEANS_STATION_CODE;
  scan.device_hash = code->device_hash;
  return CheckDevice(tx, call, scene, code->device_hash);
}

// A vague position is as good as none: nobody can go outside and try again.
absl::Status CheckPlace(const v1::StationRecord& record, const Scene& scene, Scan& scan) {
  if (!scene.activity.location) return absl::OkStatus();
  if (!record.has_location() || !(record.accuracy_metres() <= kVaguestMetres)) {
    scan.unenforced |= UnenforcedSet({A::UNENFORCED_FENCE});
    return absl::OkStatus();
  }
  const auto distance = MeasurePlace(record.location(), record.accuracy_metres(), scene.activity, scene.policy);
  if (!distance.ok()) return distance.status();
  scan.distance = *distance;
  return absl::OkStatus();
}

// The record of the person on the scene, held against every rule that can be.
absl::StatusOr<StationRecord> Judge(db::Transaction& tx, const rpc::Call& call, const Upload& upload,
                                    const Scene& scene, const v1::StationRecord& record) {
  if (auto status = CheckNotOwnHours(call, scene.registration.volunteer_id); !status.ok()) return status;
  if (auto status = CheckTakes(scene); !status.ok()) return status;
  const Edge edge = record.end() == A::END_OUT ? Edge::kOut : Edge::kIn;
  const Capture capture{FromProto(record.capture_time()), FromProto(upload.pass.issue_time()),
                        FromProto(upload.pass.expire_time()), upload.sent, call.now};
  if (auto status = CheckCapture(edge, capture, scene.shift, scene.policy); !status.ok()) return status;
  Scan scan{.time = capture.time, .pack_id = upload.pack_id};
  scan.unenforced = UnenforcedSet({A::UNENFORCED_SERVER_TIME});
  if (absl::AbsDuration(call.now - upload.sent) > kClockDifference) {
    scan.unenforced |= UnenforcedSet({A::UNENFORCED_CLOCK});
  }
  if (auto status = CheckCode(tx, call, upload, scene, record.code(), scan); !status.ok()) return status;
  if (auto status = CheckPlace(record, scene, scan); !status.ok()) return status;
  return StationRecord{.id = record.record_id(),
                       .registration_id = scene.registration.id,
                       .volunteer_id = scene.registration.volunteer_id,
                       .edge = edge,
                       .scan = std::move(scan),
                       .fingerprint = ids::Fingerprint(record)};
}

// Lets everything that stations know of the person on the scene take effect.
absl::Status Apply(db::Transaction& tx, const rpc::Call& call, const Scene& scene, Uploaded& uploaded) {
  const auto records = ListRecordsOf(tx, call.center_id, scene.registration.id);
  if (!records.ok()) return records.status();
  const auto presence = WithRecords(scene.shift, scene.policy, *records, NewPresence(scene, call.now), scene.presence);
  if (!presence) return absl::OkStatus();  // has left, but nobody has told yet that he came
  if (!scene.presence) ++uploaded.presences;
  return StorePresence(tx, call, scene, *presence);
}

// The rules that could not be enforced.
absl::StatusOr<uint32_t> TakeOne(db::Transaction& tx, const rpc::Call& call, const Upload& upload, Scene& scene,
                                 const v1::StationRecord& record, Uploaded& uploaded) {
  const auto known = FindRecord(tx, call.center_id, scene.shift.id, record.record_id());
  if (!known.ok()) return known.status();
  if (*known) {
    if ((*known)->fingerprint == ids::Fingerprint(record)) return (*known)->scan.unenforced;
    return errors::InvalidField("record_id", type::REASON_REQUEST_ID_REUSED);
  }
  const auto registration = ParseId("registrations", "registration", record.registration());
  if (!registration.ok()) return registration.status();
  if (auto status = Admit(tx, call, *registration, scene); !status.ok()) return status;
  const auto judged = Judge(tx, call, upload, scene, record);
  if (!judged.ok()) return judged.status();
  const absl::Status kept = InsertRecord(tx, call.center_id, scene.shift.id, *judged, call.caller.subject, call.now);
  if (!kept.ok()) return kept;
  ++uploaded.taken;
  if (auto status = Apply(tx, call, scene, uploaded); !status.ok()) return status;
  return judged->scan.unenforced;
}

// As the station made them, so that of two people with one phone the first one used it.
std::vector<int> InOrderOfCapture(const v1::UploadStationRecordsRequest& request) {
  std::vector<int> order(static_cast<size_t>(request.records_size()));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&request](int i) {
    const v1::StationRecord& record = request.records(i);
    return std::tuple(FromProto(record.capture_time()), record.record_id());
  });
  return order;
}

}  // namespace

absl::StatusOr<Uploaded> TakeRecords(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                     const PassSigner& signer, uint64_t shift_id,
                                     const v1::UploadStationRecordsRequest& request) {
  auto scene = OpenScene(tx, call, shift_id);
  if (!scene.ok()) return scene.status();
  if (auto status = call.Authorise("attendance.run", scene->activity.unit_id); !status.ok()) return status;
  const auto pass = signer.Open(request.pass());
  if (!pass.ok()) return pass.status();
  const auto pack_id = ids::FromText(pass->pack());
  if (!pack_id || pass->center() != ids::ResourceName("units", call.center_id) ||
      pass->shift() != ids::ResourceName("shifts", shift_id)) {
    return errors::FailedPrecondition(type::REASON_PACK_INVALID);
  }
  call.Note("pack", pass->pack());
  // Before the end more may come.
  if (call.now >= scene->shift.end_time) {
    if (auto status = ReportPack(tx, call.center_id, shift_id, *pack_id, call.now); !status.ok()) return status;
  }
  const Upload upload{codes, *pass, *pack_id, FromProto(request.sent_time())};
  Uploaded uploaded;
  for (const v1::StationRecord& record : request.records()) {
    uploaded.response.add_results()->set_record_id(record.record_id());
  }
  for (const int i : InOrderOfCapture(request)) {
    auto& result = *uploaded.response.mutable_results(i);
    const auto unenforced = TakeOne(tx, call, upload, *scene, request.records(i), uploaded);
    if (unenforced.ok()) {
      result.set_taken(true);
      ToProto(*unenforced, *result.mutable_unenforced());
      continue;
    }
    if (!IsRefusal(unenforced.status())) return unenforced.status();
    ItemRefusal refusal = RefusalOf(unenforced.status(), call.language);
    result.set_reason(std::move(refusal.reason));
    result.set_message(std::move(refusal.message));
  }
  call.Note("taken", std::to_string(uploaded.taken));
  return uploaded;
}

}  // namespace wenming::activity
