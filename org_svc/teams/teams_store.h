// Teams in the database.
//
// Every writer holds the lock on the row of its center (LockCenter of org_svc/units), so that per center there is one
// at a time. Errors are those of common/db unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "org_svc/teams/team_record.h"

namespace wenming::org {

// NOT_FOUND where there is no such team in the center. Load locks the row until the end of the transaction.
absl::StatusOr<TeamRecord> ReadTeam(db::Session& session, uint64_t center_id, uint64_t id);
absl::StatusOr<TeamRecord> LoadTeam(db::Transaction& transaction, uint64_t center_id, uint64_t id);

// Which teams a list is of; what is 0 does not restrict.
struct TeamFilter {
  uint64_t unit_id = 0;
  uint64_t parent_id = 0;
  v1::Team::Tier tier = v1::Team::TIER_UNSPECIFIED;
};

// Active teams of a center in the order of their codes, after the code.
absl::StatusOr<std::vector<TeamRecord>> ListTeams(db::Session& session, uint64_t center_id, const TeamFilter& filter,
                                                  std::string_view after, int limit);

// All teams of a center, deleted ones too.
absl::StatusOr<std::vector<TeamRecord>> ReadAllTeams(db::Session& session, uint64_t center_id);

absl::StatusOr<bool> HasGeneralTeam(db::Transaction& transaction, uint64_t center_id);
// Active teams directly below.
absl::StatusOr<int64_t> CountTeamsBelow(db::Transaction& transaction, uint64_t center_id, uint64_t id);

// ALREADY_EXISTS where a code is taken in the center.
absl::Status InsertTeams(db::Transaction& transaction, std::span<const TeamRecord> teams);
// Writes the record's values over the row's; the caller has loaded it in this transaction.
absl::Status UpdateTeam(db::Transaction& transaction, const TeamRecord& team);

// Tells of teams of one center as they are after this transaction, in events of at most 500, and answers the events.
absl::StatusOr<std::vector<v1::TeamsChanged>> PublishTeams(db::Transaction& transaction, ids::Generator& ids,
                                                           std::span<const TeamRecord> teams, absl::Time now);

}  // namespace wenming::org
