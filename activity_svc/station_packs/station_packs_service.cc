#include "activity_svc/station_packs/station_packs_service.h"

#include <string>
#include <vector>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/names.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/station_packs/pack_contents.h"
#include "activity_svc/station_packs/station_packs_rules.h"
#include "activity_svc/station_packs/station_packs_store.h"
#include "activity_svc/station_packs/upload.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

// The contents of a pack for a shift that the caller runs and that still takes presences.
absl::StatusOr<v1::StationPackContents> Gather(db::Transaction& tx, const rpc::Call& call, const CheckCodes& codes,
                                               uint64_t shift_id, uint64_t pack_id) {
  // Locked, so that it is not confirmed meanwhile.
  const auto shift = LockShift(tx, call.center_id, shift_id);
  if (!shift.ok()) return shift.status();
  const auto activity = LoadActivity(tx, call.center_id, shift->activity_id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise("attendance.run", activity->unit_id); !status.ok()) return status;
  if (auto status = CheckTakesPresences(shift->state); !status.ok()) return status;
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  if (auto status = CheckWindow(PackWindow(*shift, *policy), call.now); !status.ok()) return status;
  const auto roster = ListRoster(tx, call.center_id, shift_id, v1::Registration::STATE_CONFIRMED, {}, kMostPeople + 1);
  if (!roster.ok()) return roster.status();
  if (roster->size() > kMostPeople) {
    return errors::FailedPrecondition(type::REASON_TOO_MANY_ITEMS, {{"max", std::to_string(kMostPeople)}});
  }
  return ContentsOf(pack_id, *shift, *activity, *policy, *roster, codes);
}

}  // namespace

rpc::Service StationPacksService::Bind() {
  return rpc::Service("wenming.activity.v1.StationPacksService")
      .Unary("IssueStationPack", rpc::kPooled, this, &StationPacksService::IssueStationPack)
      .Unary("UploadStationRecords", rpc::kPooled, this, &StationPacksService::UploadStationRecords);
}

absl::StatusOr<v1::StationPack> StationPacksService::IssueStationPack(const rpc::Call& call,
                                                                      const v1::IssueStationPackRequest& request) {
  const auto id = ParseId("shifts", "shift", request.shift());
  if (!id.ok()) return id.status();
  const uint64_t pack_id = ids_.Next();
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> absl::StatusOr<v1::StationPack> {
    const auto contents = Gather(tx, call, codes_, *id, pack_id);
    if (!contents.ok()) return contents.status();
    auto pack = Seal(*contents, {call.center_id, call.caller.subject, call.now}, signer_);
    if (!pack.ok()) return pack;
    const absl::Status kept = InsertPack(tx, call.center_id, *id, pack_id, call.caller.subject, call.now);
    if (!kept.ok()) return kept;
    call.Note("pack", contents->pack());
    const absl::Status recorded = trail_.Append(tx, call, {.object = request.shift()});
    if (!recorded.ok()) return recorded;
    return pack;
  });
}

absl::StatusOr<v1::UploadStationRecordsResponse> StationPacksService::UploadStationRecords(
    const rpc::Call& call, const v1::UploadStationRecordsRequest& request) {
  const auto id = ParseId("shifts", "shift", request.shift());
  if (!id.ok()) return id.status();
  const auto uploaded = trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) {
    return TakeRecords(tx, call, codes_, signer_, *id, request);
  });
  if (!uploaded.ok()) return uploaded.status();
  metrics_.by_station.Increment(uploaded->presences);
  return uploaded->response;
}

}  // namespace wenming::activity
