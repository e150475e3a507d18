// The table of calendar feeds, and the shifts that a feed shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/calendar_feeds/calendar.h"
#include "common/db/session.h"
#include "wenming/activity/v1/calendar_feeds.pb.h"

namespace wenming::activity {

// A value.
struct CalendarFeed {
  uint64_t id = 0;
  uint64_t volunteer_id = 0;
  std::string display_name = {};
  absl::Time create_time = {};
  std::optional<absl::Time> revoke_time = {};  // unset while it works
};

// Without its secret, which is not kept.
v1::CalendarFeed ToProto(const CalendarFeed& feed);

absl::Status InsertFeed(db::Transaction& transaction, uint64_t center_id, const CalendarFeed& feed,
                        std::string_view token_hash);
// NOT_FOUND also for one of another center.
absl::StatusOr<CalendarFeed> LoadFeed(db::Session& session, uint64_t center_id, uint64_t id);
// The working feed with this token; nothing where there is none.
absl::StatusOr<std::optional<CalendarFeed>> FindFeed(db::Session& session, uint64_t center_id,
                                                     std::string_view token_hash);
// A person's own, newest first, those with an id below `before`.
absl::StatusOr<std::vector<CalendarFeed>> ListFeeds(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                    uint64_t before, int limit);
// How many of a person's feeds work.
absl::StatusOr<int64_t> CountWorkingFeeds(db::Session& session, uint64_t center_id, uint64_t volunteer_id);
// Changes nothing where it was revoked before.
absl::Status RevokeFeed(db::Transaction& transaction, uint64_t center_id, uint64_t id, absl::Time now);
// Removes all of a person, who is being forgotten.
absl::Status EraseFeeds(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

// What the feed of a volunteer shows at `now`, in order of time: the live registrations, and those that changed within
// kCancelledShown, of shifts that end after now - kCalendarPast.
absl::StatusOr<std::vector<CalendarEntry>> ListEntries(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                       absl::Time now);

}  // namespace wenming::activity
