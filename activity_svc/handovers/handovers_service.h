// Implements wenming.activity.v1.HandoversService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/handovers.pb.h"

namespace wenming::activity {

// Thread-safe.
class HandoversService {
 public:
  explicit HandoversService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Handover> CreateHandover(const rpc::Call& call, const v1::CreateHandoverRequest& request);
  absl::StatusOr<v1::Handover> AcceptHandover(const rpc::Call& call, const v1::AcceptHandoverRequest& request);
  absl::StatusOr<v1::Handover> DeclineHandover(const rpc::Call& call, const v1::DeclineHandoverRequest& request);
  absl::StatusOr<v1::Handover> WithdrawHandover(const rpc::Call& call, const v1::WithdrawHandoverRequest& request);
  absl::StatusOr<v1::ListMyHandoversResponse> ListMyHandovers(const rpc::Call& call,
                                                              const v1::ListMyHandoversRequest& request);

 private:
  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
