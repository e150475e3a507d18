#include "activity_svc/station_packs/pack_contents.h"

#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/fence.h"
#include "activity_svc/names.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "google/protobuf/util/json_util.h"

namespace wenming::activity {
namespace {

void Fill(const Window& window, v1::StationPackContents::Window& told) {
  *told.mutable_from_time() = ToProto(window.from);
  *told.mutable_until_time() = ToProto(window.until);
}

}  // namespace

v1::StationPackContents ContentsOf(uint64_t pack_id, const Shift& shift, const Activity& activity, const Policy& policy,
                                   const std::vector<Registration>& roster, const CheckCodes& codes) {
  v1::StationPackContents contents;
  contents.set_pack(ids::ToText(pack_id));
  contents.set_shift(ids::ResourceName("shifts", shift.id));
  contents.set_title(activity.title);
  contents.set_post(shift.post);
  *contents.mutable_start_time() = ToProto(shift.start_time);
  *contents.mutable_end_time() = ToProto(shift.end_time);
  Fill(WindowFor(Edge::kIn, shift, policy), *contents.mutable_check_in());
  Fill(WindowFor(Edge::kOut, shift, policy), *contents.mutable_check_out());
  *contents.mutable_upload_until_time() = ToProto(shift.end_time + policy.offline_upload());
  if (activity.location) {
    const Fence fence = FenceOf(activity, policy);
    contents.mutable_location()->set_latitude(fence.middle.latitude);
    contents.mutable_location()->set_longitude(fence.middle.longitude);
    contents.set_fence_metres(static_cast<int>(fence.radius_metres));
  }
  contents.set_check_code_key(codes.ShiftKey(shift.id));
  for (const Registration& registration : roster) {
    auto& person = *contents.add_people();
    person.set_registration(ids::ResourceName("registrations", registration.id));
    person.set_volunteer_number(registration.volunteer_number);
    person.set_masked_name(registration.masked_name);
    person.set_personal_key(codes.PersonalKey(registration.id, registration.volunteer_id));
  }
  return contents;
}

absl::StatusOr<v1::StationPack> Seal(const v1::StationPackContents& contents, const Issue& issue,
                                     const PassSigner& signer) {
  v1::StationPack pack;
  const auto written = google::protobuf::util::MessageToJsonString(contents, pack.mutable_contents());
  if (!written.ok()) return errors::Internal();
  v1::StationPass pass;
  pass.set_pack(contents.pack());
  pass.set_center(ids::ResourceName("units", issue.center_id));
  pass.set_shift(contents.shift());
  pass.set_issuer(issue.issuer);
  *pass.mutable_issue_time() = ToProto(issue.now);
  *pass.mutable_expire_time() = contents.check_out().until_time();
  pass.set_contents_sha256(crypto::Hex(crypto::Sha256(pack.contents())));
  auto signed_pass = signer.Sign(pass);
  if (!signed_pass.ok()) return signed_pass.status();
  pack.set_pass(*std::move(signed_pass));
  auto key = signer.PublicKey();
  if (!key.ok()) return key.status();
  pack.set_public_key(*std::move(key));
  return pack;
}

}  // namespace wenming::activity
