// The table of notices.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/notices/notice.h"
#include "common/db/session.h"
#include "common/ids/ids.h"

namespace wenming::activity {

// More unread ones than this are not counted.
inline constexpr int kMostCounted = 100;

// Tells each person something, in the transaction of what is told; gives the notices their ids.
absl::Status Tell(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                  std::span<const Notice> notices);

// Tells all whose registrations (`r`) the condition finds, however many, by one statement. Of the notice its id, kind,
// reason, times and nothing else count: the rest is in the registrations.
absl::Status TellOfRegistrations(db::Transaction& transaction, const Notice& notice, std::string_view condition,
                                 std::span<const db::Value> values);
// Tells the giver or the taker (`volunteer_id`) of a handover; likewise.
absl::Status TellOfHandover(db::Transaction& transaction, uint64_t center_id, uint64_t handover_id,
                            const Notice& notice);

// A person's own, newest first, those with an id below `before`.
absl::StatusOr<std::vector<Notice>> ListNotices(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                bool unread_only, uint64_t before, int limit);
// How many are not read; kMostCounted where there are more.
absl::StatusOr<int> CountUnread(db::Session& session, uint64_t center_id, uint64_t volunteer_id);
// Marks those with ids up to `last` as read; what was read before keeps its time.
absl::Status MarkRead(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id, uint64_t last,
                      absl::Time now);
// Removes all of a person, who is being forgotten.
absl::Status EraseNotices(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

}  // namespace wenming::activity
