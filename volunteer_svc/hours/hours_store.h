// Reads the tables `hour_accounts`, `hour_entries`, `credited_times` and `star_levels`, and opens accounts.
// ledger_store.h writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/hour_entry.h"
#include "volunteer_svc/hours/hours_rules.h"

namespace wenming::volunteer {

// Functions on the caller's session.
struct HoursStore {
  // An account without entries, for a new volunteer.
  static absl::Status OpenAccount(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

  static absl::StatusOr<std::optional<HourAccount>> FindAccount(db::Session& session, uint64_t center_id,
                                                                uint64_t volunteer_id);
  // Also keeps others from writing to it until the transaction ends.
  static absl::StatusOr<std::optional<HourAccount>> LockAccount(db::Transaction& transaction, uint64_t center_id,
                                                                uint64_t volunteer_id);

  // Up to `limit` entries, each with whether it was reversed: after `sequence` in order, or before it (0: from the
  // newest on) in the opposite order and of one grade only where that is not GRADE_UNSPECIFIED.
  static absl::StatusOr<std::vector<HourEntry>> After(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      int64_t sequence, int limit);
  static absl::StatusOr<std::vector<HourEntry>> Before(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                       int64_t sequence, int limit,
                                                       v1::Grade grade = v1::GRADE_UNSPECIFIED);

  // When the first service began that is credited now; nothing without any.
  static absl::StatusOr<std::optional<absl::Time>> FirstStart(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id);

  // The center's own levels, or the default ones; ascending.
  static absl::StatusOr<std::vector<StarLevel>> StarLevels(db::Session& session, uint64_t center_id);
};

}  // namespace wenming::volunteer
