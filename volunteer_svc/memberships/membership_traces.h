// What belonging to teams leaves behind of a volunteer.
#pragma once

#include "volunteer_svc/rights/person_traces.h"

namespace wenming::volunteer {

// Thread-safe.
class MembershipTraces : public PersonTraces {
 public:
  // A membership lets nobody act.
  absl::Status EndAccess(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                         absl::Time now) const override;
  absl::Status Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) const override;
  absl::Status Export(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time now,
                      v1::ExportVolunteerResponse& response) const override;
};

}  // namespace wenming::volunteer
