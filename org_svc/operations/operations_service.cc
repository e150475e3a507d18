#include "org_svc/operations/operations_service.h"

namespace wenming::org {

rpc::Service OperationsService::Bind() {
  return rpc::Service("wenming.org.v1.OperationsService")
      .Unary("CheckAccess", rpc::kInline, this, &OperationsService::CheckAccess);
}

absl::StatusOr<v1::CheckAccessResponse> OperationsService::CheckAccess(const rpc::Call&,
                                                                       const v1::CheckAccessRequest&) {
  return v1::CheckAccessResponse();
}

}  // namespace wenming::org
