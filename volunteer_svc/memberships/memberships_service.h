// Implements wenming.volunteer.v1.MembershipsService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/memberships.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class MembershipsService {
 public:
  explicit MembershipsService(const Dependencies& dependencies);
  rpc::Service Bind();

  absl::StatusOr<v1::Membership> CreateMembership(const rpc::Call& call, const v1::CreateMembershipRequest& request);
  absl::StatusOr<v1::Membership> EndMembership(const rpc::Call& call, const v1::EndMembershipRequest& request);
  absl::StatusOr<v1::ListMembershipsResponse> ListMemberships(const rpc::Call& call,
                                                              const v1::ListMembershipsRequest& request);
  absl::StatusOr<v1::ListTeamMembershipsResponse> ListTeamMemberships(const rpc::Call& call,
                                                                      const v1::ListTeamMembershipsRequest& request);

 private:
  const Dependencies with_;
  const VolunteersStore volunteers_;
};

}  // namespace wenming::volunteer
