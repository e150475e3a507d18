#include "volunteer_svc/memberships/membership_traces.h"

#include "volunteer_svc/memberships/memberships_store.h"

namespace wenming::volunteer {

absl::Status MembershipTraces::EndAccess(db::Transaction&, uint64_t, uint64_t, absl::Time) const {
  return absl::OkStatus();
}

absl::Status MembershipTraces::Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) const {
  return MembershipsStore::Forget(transaction, center_id, volunteer_id);
}

absl::Status MembershipTraces::Export(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time,
                                      v1::ExportVolunteerResponse& response) const {
  const auto records = MembershipsStore::ListAll(session, center_id, volunteer_id);
  if (!records.ok()) return records.status();
  for (const MembershipRecord& record : *records) *response.add_memberships() = ToProto(record);
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
