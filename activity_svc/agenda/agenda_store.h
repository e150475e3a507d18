// Reads shifts in the order in which they happen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/agenda/open_shift.h"
#include "common/db/session.h"

namespace wenming::activity {

// Where a list goes on: after the shift, or registration, with this time and id.
struct AgendaPosition {
  absl::Time time = {};
  uint64_t id = 0;
};

// The shifts of a center that take sign-ups, in order of their beginning, after `after` and beginning before `end`.
absl::StatusOr<std::vector<OpenShift>> ListOpenShifts(db::Session& session, uint64_t center_id,
                                                      const AgendaPosition& after, absl::Time end, int limit);
// The same of these units, one or more: reads as many rows as they have coming shifts, and none of the others'.
absl::StatusOr<std::vector<OpenShift>> ListOpenShiftsOf(db::Session& session, uint64_t center_id,
                                                        std::span<const uint64_t> units, const AgendaPosition& after,
                                                        absl::Time end, int limit);

// Which of a volunteer's own shifts to list.
struct OwnShiftQuery {
  uint64_t center_id = 0;
  uint64_t volunteer_id = 0;
  int64_t states = -1;                            // bit n: registrations in state n
  absl::Time end_after = absl::InfinitePast();    // only those that end after it
  absl::Time end_until = absl::InfiniteFuture();  // and not after it
  absl::Time start_before = absl::InfiniteFuture();
  AgendaPosition after = {};
  int limit = 0;
};
// In order of the beginning, after `after`.
absl::StatusOr<std::vector<OwnShift>> ListComing(db::Session& session, const OwnShiftQuery& query);
// In order of the end, the last one first, before `after`.
absl::StatusOr<std::vector<OwnShift>> ListPast(db::Session& session, const OwnShiftQuery& query);

}  // namespace wenming::activity
