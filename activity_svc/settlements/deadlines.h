// The deadlines that a shift's hours are under, in working days.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"

namespace wenming::activity {

// So many working days after `from`; FAILED_PRECONDITION with REASON_CALENDAR_MISSING.
absl::StatusOr<absl::Time> DueAfter(db::Session& session, uint64_t center_id, absl::Time from, int working_days);

// The same; while the calendar is missing, after so many days of any kind, the least that it can be: who has not
// entered it gets no more time by that.
absl::StatusOr<absl::Time> DueAtTheEarliest(db::Session& session, uint64_t center_id, absl::Time from,
                                            int working_days);

// Nothing in place of REASON_CALENDAR_MISSING, for what must go on without: nobody is called late by a guess.
absl::StatusOr<std::optional<absl::Time>> DueIfKnown(const absl::StatusOr<absl::Time>& due);

// Until when the service is to be recorded (民政部令第67号 Art 11).
absl::StatusOr<absl::Time> RecordingDue(db::Session& session, uint64_t center_id, const Shift& shift);

// From when the time for an appeal runs: the settlement, before that the publication; nothing before both.
std::optional<absl::Time> AppealsRunFrom(const std::vector<SettlementStep>& steps);

}  // namespace wenming::activity
