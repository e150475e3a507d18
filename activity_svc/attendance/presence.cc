#include "activity_svc/attendance/presence.h"

#include <string_view>

#include "activity_svc/names.h"
#include "common/crypto/digest.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

constexpr size_t kShownHashBytes = 4;

A::EndEvidence EvidenceOf(const Scan& scan) {
  A::EndEvidence evidence;
  evidence.set_means(scan.means);
  // A leader's word rests on no phone, whatever was scanned before it.
  const bool scanned = Scanned(scan.means);
  evidence.set_distance_metres(scanned || scan.pack_id != 0 ? scan.distance : -1);
  if (scanned) evidence.set_device(crypto::Hex(std::string_view(scan.device_hash).substr(0, kShownHashBytes)));
  if (scan.pack_id != 0) evidence.set_pack(ids::ToText(scan.pack_id));
  ToProto(scan.unenforced, *evidence.mutable_unenforced());
  return evidence;
}

}  // namespace

void SetEnd(Edge edge, const Scan& scan, Presence& presence) {
  if (edge == Edge::kIn) {
    presence.check_in_time = scan.time;
    presence.check_in_means = scan.means;
    presence.check_in_distance = scan.distance;
    presence.device_hash = scan.device_hash;
    presence.check_in_pack = scan.pack_id;
    presence.check_in_unenforced = scan.unenforced;
    return;
  }
  presence.check_out_time = scan.time;
  presence.check_out_means = scan.means;
  presence.check_out_distance = scan.distance;
  presence.out_device_hash = scan.device_hash;
  presence.check_out_pack = scan.pack_id;
  presence.check_out_unenforced = scan.unenforced;
}

bool Scanned(Means means) {
  return means == A::MEANS_CODE || means == A::MEANS_CODE_OFFLINE || means == A::MEANS_PERSONAL_CODE ||
         means == A::MEANS_STATION_CODE;
}

void ToProto(uint32_t unenforced, google::protobuf::RepeatedField<int>& rules) {
  for (int rule = A::Unenforced_MIN + 1; rule <= A::Unenforced_MAX; ++rule) {
    if ((unenforced >> rule & 1) != 0) rules.Add(rule);
  }
}

v1::Attendance ToProto(const Presence& presence) {
  v1::Attendance proto;
  proto.set_registration(ids::ResourceName("registrations", presence.registration_id));
  proto.set_volunteer_number(presence.volunteer_number);
  proto.set_masked_name(presence.masked_name);
  proto.set_state(presence.state);
  *proto.mutable_check_in_time() = ToProto(presence.check_in_time);
  proto.set_check_in_means(presence.check_in_means);
  proto.set_check_in_distance_metres(presence.check_in_distance);
  if (presence.check_out_time) *proto.mutable_check_out_time() = ToProto(*presence.check_out_time);
  proto.set_check_out_means(presence.check_out_means);
  proto.set_minutes(presence.minutes);
  proto.set_flagged(presence.flagged);
  proto.set_grade(presence.grade);
  proto.set_reason(presence.reason);
  const Presence& p = presence;
  *proto.mutable_check_in_evidence() =
      EvidenceOf({{}, p.check_in_means, p.check_in_distance, p.device_hash, p.check_in_pack, p.check_in_unenforced});
  if (p.check_out_time) {
    *proto.mutable_check_out_evidence() = EvidenceOf(
        {{}, p.check_out_means, p.check_out_distance, p.out_device_hash, p.check_out_pack, p.check_out_unenforced});
  }
  return proto;
}

}  // namespace wenming::activity
