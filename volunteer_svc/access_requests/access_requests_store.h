// The table `access_requests`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "wenming/volunteer/v1/access_requests.pb.h"

namespace wenming::volunteer {

struct AccessRequestRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t volunteer_id = 0;
  uint64_t unit_id = 0;
  uint64_t requester_id = 0;
  v1::RevealPurpose purpose = v1::REVEAL_PURPOSE_UNSPECIFIED;
  std::string reason;
  v1::AccessRequest::State state = v1::AccessRequest::STATE_PENDING;
  absl::Time create_time;
  uint64_t decider_id = 0;  // 0 while pending
  std::optional<absl::Time> decide_time;
  std::optional<absl::Time> expire_time;  // of an approval
};

v1::AccessRequest ToProto(const AccessRequestRecord& record);

// Functions on the caller's session.
struct AccessRequestsStore {
  static absl::Status Insert(db::Transaction& transaction, const AccessRequestRecord& record);
  static absl::StatusOr<std::optional<AccessRequestRecord>> Find(db::Session& session, uint64_t center_id, uint64_t id);
  // Up to `limit` requests of the units with ids below `before` (0: from the newest on), the newest first.
  static absl::StatusOr<std::vector<AccessRequestRecord>> List(db::Session& session, uint64_t center_id,
                                                               const std::vector<uint64_t>& units, uint64_t before,
                                                               int limit);
  // Stores state, decider and times of what was pending; FAILED_PRECONDITION with REASON_ALREADY_DECIDED where it is
  // not.
  static absl::Status Decide(db::Transaction& transaction, const AccessRequestRecord& record);
  // Takes the words of the reasons out of all requests about the volunteer.
  static absl::Status ForgetPerson(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);
  // FAILED_PRECONDITION with REASON_APPROVAL_REQUIRED unless a request of that member of staff about the volunteer and
  // for that purpose is approved and has not expired.
  static absl::Status CheckApproved(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                    uint64_t requester_id, v1::RevealPurpose purpose, absl::Time now);
};

}  // namespace wenming::volunteer
