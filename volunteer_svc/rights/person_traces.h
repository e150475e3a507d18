// What other parts of this service keep about a person: what a log-in leaves behind.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "wenming/volunteer/v1/rights.pb.h"

namespace wenming::volunteer {

// Implemented by each part that keeps something of its own about a volunteer; thread-safe.
class PersonTraces {
 public:
  virtual ~PersonTraces() = default;

  // Ends whatever lets the person act: all sessions. `now` is the server's time.
  virtual absl::Status EndAccess(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                 absl::Time now) const = 0;
  // Removes what it keeps about the person; after EndAccess, once or more than once.
  virtual absl::Status Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) const = 0;
  // Adds what it keeps about the person, in full.
  virtual absl::Status Export(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time now,
                              v1::ExportVolunteerResponse& response) const = 0;
};

// Every part there is; they outlive whoever is given the list.
using AllTraces = std::vector<const PersonTraces*>;

// Ends access in all of them.
inline absl::Status EndAccess(const AllTraces& traces, db::Transaction& transaction, uint64_t center_id,
                              uint64_t volunteer_id, absl::Time now) {
  for (const PersonTraces* part : traces) {
    absl::Status ended = part->EndAccess(transaction, center_id, volunteer_id, now);
    if (!ended.ok()) return ended;
  }
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
