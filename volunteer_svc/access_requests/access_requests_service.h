// Implements wenming.volunteer.v1.AccessRequestsService.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/access_requests/access_requests_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/access_requests.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class AccessRequestsService {
 public:
  explicit AccessRequestsService(const Dependencies& dependencies);

  rpc::Service Bind();

  absl::StatusOr<v1::AccessRequest> CreateAccessRequest(const rpc::Call& call,
                                                        const v1::CreateAccessRequestRequest& request);
  absl::StatusOr<v1::AccessRequest> GetAccessRequest(const rpc::Call& call, const v1::GetAccessRequestRequest& request);
  absl::StatusOr<v1::ListAccessRequestsResponse> ListAccessRequests(const rpc::Call& call,
                                                                    const v1::ListAccessRequestsRequest& request);
  absl::StatusOr<v1::AccessRequest> ApproveAccessRequest(const rpc::Call& call,
                                                         const v1::ApproveAccessRequestRequest& request);
  absl::StatusOr<v1::AccessRequest> RejectAccessRequest(const rpc::Call& call,
                                                        const v1::RejectAccessRequestRequest& request);

 private:
  // Answers with the request in its new state.
  absl::StatusOr<v1::AccessRequest> Decide(const rpc::Call& call, const google::protobuf::Message& request,
                                           const std::string& name, v1::AccessRequest::State decision);

  const Dependencies with_;
  const VolunteersStore volunteers_;
};

}  // namespace wenming::volunteer
