// The tables of ratings and of how many were asked for one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/ratings/ratings_rules.h"
#include "common/db/session.h"

namespace wenming::activity {

// People who were asked together.
struct RatingBatch {
  uint64_t id = 0;
  uint64_t activity_id = 0;
  int asked_count = 0;
  absl::Time expire_time = {};
};
absl::Status InsertBatch(db::Transaction& transaction, uint64_t center_id, const RatingBatch& batch,
                         std::string_view actor, absl::Time now);
absl::StatusOr<std::optional<RatingBatch>> FindBatch(db::Session& session, uint64_t center_id, uint64_t id);

// A value.
struct Rating {
  uint64_t id = 0;
  int stars = 0;
  std::string comment = {};
  absl::Time time = {};
};
// Changes nothing where the invitation gave this very rating before; FAILED_PRECONDITION with REASON_NOT_ASKED
// where it gave another.
absl::Status InsertRating(db::Transaction& transaction, const Invitation& invitation, uint64_t activity_id,
                          const Rating& rating);
// Of an activity, oldest first, after this one.
absl::StatusOr<std::vector<Rating>> ListRatings(db::Session& session, uint64_t center_id, uint64_t activity_id,
                                                uint64_t after, int limit);

// How many were asked, answered, and gave 4 or 5 stars.
struct RatingCounts {
  int64_t asked = 0;
  int64_t answered = 0;
  int64_t satisfied = 0;
};
absl::StatusOr<RatingCounts> CountRatings(db::Session& session, uint64_t center_id, uint64_t activity_id);

}  // namespace wenming::activity
