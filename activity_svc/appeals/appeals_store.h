// The tables of appeals and of the moves they made. Rows are written under the lock of their shift.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/appeals/appeal.h"
#include "common/db/session.h"

namespace wenming::activity {

absl::StatusOr<std::optional<Appeal>> FindAppeal(db::Session& session, uint64_t center_id, uint64_t registration_id);

absl::Status InsertAppeal(db::Transaction& transaction, uint64_t center_id, const Appeal& appeal);
absl::Status UpdateAppeal(db::Transaction& transaction, uint64_t center_id, const Appeal& appeal, absl::Time now);

absl::Status InsertAppealMove(db::Transaction& transaction, uint64_t center_id, uint64_t registration_id, uint64_t id,
                              const AppealMove& move);
// Oldest first.
absl::StatusOr<std::vector<AppealMove>> ListAppealMoves(db::Session& session, uint64_t center_id,
                                                        uint64_t registration_id);

// All appeals of a person, and all moves they made, of the registrations with ids from `first` to `last`; the moves of
// each oldest first.
absl::StatusOr<std::vector<Appeal>> ListOwnAppeals(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                   uint64_t first, uint64_t last);
struct OwnAppealMove {
  uint64_t registration_id = 0;
  AppealMove move = {};
};
absl::StatusOr<std::vector<OwnAppealMove>> ListOwnAppealMoves(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id, uint64_t first, uint64_t last);

// Which open appeals to list: the first due first, those after a due time and registration.
struct OpenAppealsQuery {
  uint64_t center_id = 0;
  std::vector<uint64_t> units = {};  // of these; all of the center when empty
  absl::Time after_due = absl::UnixEpoch();
  uint64_t after_registration = 0;
  int limit = 0;
};
absl::StatusOr<std::vector<Appeal>> ListOpenAppeals(db::Session& session, const OpenAppealsQuery& query);

}  // namespace wenming::activity
