// The table of shifts.
//
// The row of a shift is what everything that happens in it takes turns by: whoever changes a registration or a presence
// holds the lock of its shift first. Order of locks everywhere: activity, person (volunteers_store.h), shift; rows of
// registrations and attendances are written under the shift's lock and need none of their own.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"

namespace wenming::activity {

// The shift; NOT_FOUND also for a removed one, or one of another center.
absl::StatusOr<Shift> LoadShift(db::Session& session, uint64_t center_id, uint64_t id);
// The same, and it is the transaction's until its end.
absl::StatusOr<Shift> LockShift(db::Transaction& transaction, uint64_t center_id, uint64_t id);

// The same for many; by id, without those that are not there. Locks in ascending order of ids, so pass them sorted.
using Shifts = std::unordered_map<uint64_t, Shift>;
absl::StatusOr<Shifts> LoadShifts(db::Session& session, uint64_t center_id, std::span<const uint64_t> ids);
absl::StatusOr<Shifts> LockShifts(db::Transaction& transaction, uint64_t center_id, std::span<const uint64_t> ids);

absl::Status InsertShift(db::Transaction& transaction, uint64_t center_id, const Shift& shift);
absl::Status RemoveShift(db::Transaction& transaction, uint64_t center_id, uint64_t id, absl::Time now);

// Those of an activity in order of time, after the one with this start and id.
absl::StatusOr<std::vector<Shift>> ListShifts(db::Session& session, uint64_t center_id, uint64_t activity_id,
                                              int64_t after_start_micros, uint64_t after_id, int limit);

// Takes so many places, and so many on the waiting list, in each of these shifts, on the condition that they are there
// and sign-up is open; ABORTED where that is not so in one of them.
struct Taking {
  int places = 0;
  int waiting = 0;
  friend auto operator<=>(const Taking&, const Taking&) = default;
};
absl::Status TakePlaces(db::Transaction& transaction, uint64_t center_id, std::span<const uint64_t> ids,
                        const Taking& taking, absl::Time now);

// Writes back the counters of a locked shift.
absl::Status SaveCounters(db::Transaction& transaction, uint64_t center_id, const Shift& shift, absl::Time now);

// Moves a locked shift on; with `publication_end_time` where the shift has one.
absl::Status SaveState(db::Transaction& transaction, uint64_t center_id, const Shift& shift, absl::Time now);

// What an activity knows of its shifts.
struct ShiftTotals {
  int64_t shifts = 0;
  int64_t sign_ups = 0;   // places taken and people waiting
  int64_t unsettled = 0;  // neither settled nor cancelled
};
absl::StatusOr<ShiftTotals> CountShifts(db::Session& session, uint64_t center_id, uint64_t activity_id);

// When the first shift of an activity begins that was not called off; nothing where there is none.
absl::StatusOr<std::optional<absl::Time>> FirstStart(db::Session& session, uint64_t center_id, uint64_t activity_id);

// Locks the shifts of an activity that are not over, and opens or closes them for sign-up. `watched`: they will end by
// themselves in time.
absl::Status SetAccepting(db::Transaction& transaction, uint64_t center_id, uint64_t activity_id, bool accepting,
                          bool watched, absl::Time now);

// Calls off the shifts of an activity that begin after `after` and are not over.
absl::Status CancelShifts(db::Transaction& transaction, uint64_t center_id, uint64_t activity_id, absl::Time after,
                          absl::Time now);

// A shift whose time to end by itself has come, or will.
struct DueShift {
  uint64_t center_id;
  uint64_t id;
  absl::Time due;
};
// The first that are due, over all centers.
absl::StatusOr<std::vector<DueShift>> ListDueShifts(db::Session& session, int limit);

}  // namespace wenming::activity
