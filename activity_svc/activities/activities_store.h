// The tables of activities and of the moves they made.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "activity_svc/activities/activities_rules.h"
#include "activity_svc/activities/activity.h"
#include "common/db/session.h"

namespace wenming::activity {

// The activity; NOT_FOUND also for one of another center.
absl::StatusOr<Activity> LoadActivity(db::Session& session, uint64_t center_id, uint64_t id);
// What sign-ups want to know of activities; by id, of those that are there.
struct ActivityTraits {
  ActivityState state = v1::Activity::STATE_UNSPECIFIED;
  bool dangerous = false;
};
absl::StatusOr<std::unordered_map<uint64_t, ActivityTraits>> LoadTraits(db::Session& session, uint64_t center_id,
                                                                        std::span<const uint64_t> ids);
// The activity, and nobody else changes it before the transaction ends.
absl::StatusOr<Activity> LockActivity(db::Transaction& transaction, uint64_t center_id, uint64_t id);

absl::Status InsertActivity(db::Transaction& transaction, uint64_t center_id, const Activity& activity);

// Stores it, one version up, in place of the version it was loaded with; ABORTED when that is not there any more.
absl::Status UpdateActivity(db::Transaction& transaction, uint64_t center_id, Activity& activity, absl::Time now);

// Which activities to list: newest first, those with an id below `before`.
struct ActivityQuery {
  uint64_t center_id = 0;
  std::vector<uint64_t> units = {};  // of these; all of the center when empty
  bool public_only = true;
  ActivityState state = v1::Activity::STATE_UNSPECIFIED;  // any
  uint64_t before = UINT64_MAX;
  int limit = 0;
};
absl::StatusOr<std::vector<Activity>> ListActivities(db::Session& session, const ActivityQuery& query);

// A move that was made.
struct MadeMove {
  ActivityMove move;
  ActivityState from;
  ActivityState to;
  std::string actor = {};
  std::string reason = {};
  absl::Time time = {};
};
absl::Status InsertMove(db::Transaction& transaction, uint64_t center_id, uint64_t activity_id, uint64_t id,
                        const MadeMove& move);
// Oldest first.
absl::StatusOr<std::vector<MadeMove>> ListMoves(db::Session& session, uint64_t center_id, uint64_t activity_id);
// Whether it was suspended at some moment of [from, until).
absl::StatusOr<bool> WasSuspended(db::Session& session, uint64_t center_id, uint64_t activity_id, absl::Time from,
                                  absl::Time until);

}  // namespace wenming::activity
