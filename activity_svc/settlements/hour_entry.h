// What the ledger was told of one registration or supplement, and the telling of it: the event and the row that
// remembers it are written in one transaction, under the lock of the shift.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "wenming/activity/v1/settlements.pb.h"

namespace wenming::activity {

// A value.
struct HourEntry {
  uint64_t source_id = 0;  // a registration, or a supplement
  int revision = 0;        // even: credited; odd: the one before was taken back
  uint64_t volunteer_id = 0;
  absl::Time start_time = {};
  absl::Time end_time = {};
  int minutes = 0;
  Grade grade = v1::Attendance::GRADE_UNSPECIFIED;
  uint64_t recorder_id = 0;  // a staff id
  std::string reason = {};
  absl::Time entry_time = {};

  bool credits() const { return revision % 2 == 0; }
};

// Whose word it is: who decides, when, and why (empty for a settlement).
struct Word {
  uint64_t center_id = 0;
  uint64_t recorder_id = 0;
  std::string_view reason = {};
  absl::Time now = {};
};

// The entry that a presence becomes: what of it lies within the shift.
HourEntry EntryOf(const Shift& shift, const Presence& presence, const Word& word);

// FAILED_PRECONDITION with REASON_HOURS_OVERLAP where the person is credited for a part of the time.
absl::Status CheckNotCredited(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time start,
                              absl::Time end);
// The same of a presence that waits for the settlement of its shift, where it counts: settled, it would be refused
// then, and all of the shift with it.
absl::Status CheckNotCredited(db::Session& session, uint64_t center_id, const Shift& shift, const Presence& presence);

// Tells the ledger to credit an entry (HoursSettled), of an even revision that its source has not had; or refuses like
// CheckNotCredited, for the ledger takes no minute twice. The volunteer is locked, so that what is told of him
// elsewhere is seen.
absl::Status TellCredit(db::Transaction& transaction, ids::Generator& ids, const Word& word, const Shift& shift,
                        const Activity& activity, const HourEntry& entry);

// Tells the ledger to take back an entry that stands (HoursReversed), and answers what was told.
absl::StatusOr<HourEntry> TellReversal(db::Transaction& transaction, ids::Generator& ids, const Word& word,
                                       const HourEntry& standing);

// `collection`: what the source is of.
v1::HourEntry ToProto(const HourEntry& entry, std::string_view collection);

}  // namespace wenming::activity
