// The tables of supplements and of their moves. Rows are written under the lock of their shift.
#pragma once

#include <cstdint>
#include <string>
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

// A person's own, newest first, those with an id below `before`.
absl::StatusOr<std::vector<Supplement>> ListOwnSupplements(db::Session& session, uint64_t center_id,
                                                           uint64_t volunteer_id, uint64_t before, int limit);
// All moves of a person's supplements with ids from `first` to `last`, those of each oldest first.
struct OwnSupplementMove {
  uint64_t supplement_id = 0;
  SupplementState to = v1::Supplement::STATE_UNSPECIFIED;
  std::string actor = {};
  std::string reason = {};
  absl::Time time = {};
};
absl::StatusOr<std::vector<OwnSupplementMove>> ListOwnSupplementMoves(db::Session& session, uint64_t center_id,
                                                                      uint64_t volunteer_id, uint64_t first,
                                                                      uint64_t last);

}  // namespace wenming::activity
