// Implements wenming.volunteer.v1.VolunteersService.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/rights/person_traces.h"
#include "volunteer_svc/volunteers/guardians.h"
#include "volunteer_svc/volunteers/registrar.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class VolunteersService {
 public:
  // `traces`: whose access ends with a membership.
  explicit VolunteersService(const Dependencies& dependencies, AllTraces traces = {});

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
  absl::StatusOr<v1::RevealVolunteerResponse> RevealVolunteer(const rpc::Call& call,
                                                              const v1::RevealVolunteerRequest& request);

 private:
  absl::StatusOr<v1::Volunteer> MoveMembership(const rpc::Call& call, const google::protobuf::Message& request,
                                               std::string_view name, Move move);
  // Staff have looked at a minor's record.
  absl::Status RecordLook(const rpc::Call& call, const std::string& name) const;
  // Whoever takes part has agreed to what he must.
  absl::Status CheckConsents(db::Transaction& transaction, const rpc::Call& call, const VolunteerRecord& record) const;

  const Dependencies dependencies_;
  const AllTraces traces_;
  const VolunteersStore store_;
  const GuardiansStore guardians_;
  const Registrar registrar_;
};

}  // namespace wenming::volunteer
