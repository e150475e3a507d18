// Implements wenming.volunteer.v1.VolunteersService.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class VolunteersService {
 public:
  explicit VolunteersService(const Dependencies& dependencies);

  rpc::Service Bind();

  absl::StatusOr<v1::Volunteer> GetVolunteer(const rpc::Call& call, const v1::GetVolunteerRequest& request);
  absl::StatusOr<v1::ListVolunteersResponse> ListVolunteers(const rpc::Call& call,
                                                            const v1::ListVolunteersRequest& request);
  absl::StatusOr<v1::Volunteer> CreateVolunteer(const rpc::Call& call, const v1::CreateVolunteerRequest& request);
  absl::StatusOr<v1::Volunteer> UpdateVolunteer(const rpc::Call& call, const v1::UpdateVolunteerRequest& request);
  absl::StatusOr<v1::Volunteer> DeactivateVolunteer(const rpc::Call& call,
                                                    const v1::DeactivateVolunteerRequest& request);
  absl::StatusOr<v1::Volunteer> ReactivateVolunteer(const rpc::Call& call,
                                                    const v1::ReactivateVolunteerRequest& request);

 private:
  absl::Status Register(db::Transaction& transaction, const rpc::Call& call, VolunteerRecord& record) const;
  absl::StatusOr<v1::Volunteer> MoveMembership(const rpc::Call& call, std::string_view name, Move move);
  absl::StatusOr<VolunteerRecord> LoadForChange(db::Transaction& transaction, const rpc::Call& call, uint64_t id) const;
  absl::Status StoreChange(db::Transaction& transaction, const rpc::Call& call, VolunteerRecord& record) const;

  const Dependencies dependencies_;
  const VolunteersStore store_;
};

}  // namespace wenming::volunteer
