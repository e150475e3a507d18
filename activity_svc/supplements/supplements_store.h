// The tables of supplements and of their moves. Rows are written under the lock of their shift.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/supplements/supplement.h"
#include "common/db/session.h"

namespace wenming::activity {

// The supplement; NOT_FOUND also for one of another center.
absl::StatusOr<Supplement> LoadSupplement(db::Session& session, uint64_t center_id, uint64_t id);

// ALREADY_EXISTS where one of the person in this shift was neither rejected nor reversed.
absl::Status InsertSupplement(db::Transaction& transaction, uint64_t center_id, const Supplement& supplement);
// Stores where it has come to, and keeps the move.
absl::Status SaveMove(db::Transaction& transaction, uint64_t center_id, const Supplement& supplement,
                      std::string_view actor, std::string_view reason, absl::Time now);

// Those of a shift, oldest first, after this one.
absl::StatusOr<std::vector<Supplement>> ListSupplements(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                        uint64_t after, int limit);

}  // namespace wenming::activity
