// Implements wenming.activity.v1.PoliciesService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/policies.pb.h"

namespace wenming::activity {

// Thread-safe.
class PoliciesService {
 public:
  explicit PoliciesService(const Dependencies& dependencies) : db_(dependencies.db), trail_(dependencies.trail) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Policy> GetPolicy(const rpc::Call& call, const v1::GetPolicyRequest& request);
  absl::StatusOr<v1::Policy> UpdatePolicy(const rpc::Call& call, const v1::UpdatePolicyRequest& request);

 private:
  db::Pool& db_;
  const audit::Trail& trail_;
};

}  // namespace wenming::activity
