// The table of memberships. Whoever writes a row holds the lock of the volunteer's row.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "wenming/volunteer/v1/memberships.pb.h"

namespace wenming::volunteer {

// A value.
struct MembershipRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t volunteer_id = 0;
  uint64_t team_id = 0;
  absl::Time join_time = {};
  std::optional<absl::Time> end_time = {};
  uint64_t unit_id = 0;  // of the volunteer; loaded by ListOfTeam only
};

v1::Membership ToProto(const MembershipRecord& record);

// Thread-safe; sessions are the caller's.
class MembershipsStore {
 public:
  // ALREADY_EXISTS where the person belongs to the team already.
  static absl::Status Insert(db::Transaction& transaction, const MembershipRecord& record);
  static absl::Status End(db::Transaction& transaction, const MembershipRecord& record, absl::Time now);
  // Removes all that is kept of the person.
  static absl::Status Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

  // NOT_FOUND also for one of another center.
  static absl::StatusOr<MembershipRecord> Load(db::Session& session, uint64_t center_id, uint64_t id);
  // The teams the person belongs to, sorted.
  static absl::StatusOr<std::vector<uint64_t>> TeamsOf(db::Session& session, uint64_t center_id, uint64_t volunteer_id);
  // How many teams one person of the center may belong to.
  static absl::StatusOr<int> MostTeams(db::Session& session, uint64_t center_id);

  // Memberships with ids above `after`, in that order: those of a person, or of a team, that last; all of a person.
  static absl::StatusOr<std::vector<MembershipRecord>> ListOfVolunteer(db::Session& session, uint64_t center_id,
                                                                       uint64_t volunteer_id, uint64_t after,
                                                                       int limit);
  static absl::StatusOr<std::vector<MembershipRecord>> ListOfTeam(db::Session& session, uint64_t center_id,
                                                                  uint64_t team_id, uint64_t after, int limit);
  static absl::StatusOr<std::vector<MembershipRecord>> ListAll(db::Session& session, uint64_t center_id,
                                                               uint64_t volunteer_id);
};

}  // namespace wenming::volunteer
