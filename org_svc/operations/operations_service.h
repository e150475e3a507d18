// Implements wenming.org.v1.OperationsService: all it decides stands in the access rule of its method.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/org/v1/operations.pb.h"

namespace wenming::org {

// Thread-safe.
class OperationsService {
 public:
  rpc::Service Bind();

  absl::StatusOr<v1::CheckAccessResponse> CheckAccess(const rpc::Call& call, const v1::CheckAccessRequest& request);
};

}  // namespace wenming::org
