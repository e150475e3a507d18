// Implements wenming.activity.v1.StationPacksService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "activity_svc/station_packs/station_pass.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/station_packs.pb.h"

namespace wenming::activity {

// Thread-safe.
class StationPacksService {
 public:
  explicit StationPacksService(const Dependencies& dependencies)
      : ids_(dependencies.ids),
        trail_(dependencies.trail),
        codes_(dependencies.codes),
        metrics_(dependencies.metrics),
        signer_(dependencies.codes.PackSeed()) {}
  rpc::Service Bind();

  absl::StatusOr<v1::StationPack> IssueStationPack(const rpc::Call& call, const v1::IssueStationPackRequest& request);
  absl::StatusOr<v1::UploadStationRecordsResponse> UploadStationRecords(const rpc::Call& call,
                                                                        const v1::UploadStationRecordsRequest& request);

 private:
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const CheckCodes& codes_;
  const Metrics& metrics_;
  const PassSigner signer_;
};

}  // namespace wenming::activity
