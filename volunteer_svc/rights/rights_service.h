// Implements wenming.volunteer.v1.RightsService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/certificates/certificates_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/rights/person_traces.h"
#include "volunteer_svc/volunteers/guardians.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/rights.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class RightsService {
 public:
  RightsService(const Dependencies& dependencies, AllTraces traces);

  rpc::Service Bind();

  absl::StatusOr<v1::ExportVolunteerResponse> ExportVolunteer(const rpc::Call& call,
                                                              const v1::ExportVolunteerRequest& request);
  absl::StatusOr<v1::Volunteer> CorrectVolunteer(const rpc::Call& call, const v1::CorrectVolunteerRequest& request);
  absl::StatusOr<v1::EraseVolunteerResponse> EraseVolunteer(const rpc::Call& call,
                                                            const v1::EraseVolunteerRequest& request);

 private:
  // The parts of an export.
  absl::Status AddHours(db::Session& session, uint64_t center_id, uint64_t id, v1::ExportVolunteerResponse& all) const;
  absl::Status AddConsents(db::Session& session, uint64_t center_id, uint64_t id,
                           v1::ExportVolunteerResponse& all) const;
  absl::Status AddCertificates(db::Session& session, uint64_t center_id, uint64_t id,
                               v1::ExportVolunteerResponse& all) const;

  // Writes the correction into the record, and a new guardian into the table.
  absl::Status Correct(db::Transaction& transaction, const rpc::Call& call, const v1::CorrectVolunteerRequest& request,
                       VolunteerRecord& record) const;
  // Whoever is a minor has a guardian and what consents the age needs.
  absl::Status CheckStillCovered(db::Session& session, const rpc::Call& call, const VolunteerRecord& record) const;

  // Everything about the person goes, in every table of this service.
  absl::Status Erase(db::Transaction& transaction, const rpc::Call& call, VolunteerRecord& record) const;

  const Dependencies with_;
  const AllTraces traces_;
  const VolunteersStore volunteers_;
  const GuardiansStore guardians_;
  const CertificatesStore certificates_;
};

}  // namespace wenming::volunteer
