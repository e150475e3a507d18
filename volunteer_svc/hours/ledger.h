// Writes the hour ledger: settled hours become entries, each exactly once.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::volunteer {

// What an event did to the ledger.
struct Credit {
  int64_t minutes = 0;          // 0 where the registration was credited before: nothing has changed
  int64_t balance_minutes = 0;  // of the volunteer, after a credit
};

// Credits settled hours within the transaction, whose lock on the account puts the events of one volunteer one behind
// the other, whoever applies them. An event that comes again changes nothing.
//
// Errors that no repetition mends, so that the event is to be parked: NOT_FOUND for a volunteer that the center does
// not have, INVALID_ARGUMENT for an event that makes no sense (hours_rules.h), FAILED_PRECONDITION with
// REASON_HOURS_OVERLAP where the person has been credited for a part of the time, and with REASON_HOURS_CONTRADICT
// where the registration was credited with other contents. Others are the database's (common/db/session.h).
absl::StatusOr<Credit> ApplyHoursSettled(db::Transaction& transaction, uint64_t center_id,
                                         const activity::v1::HoursSettled& event, absl::Time now);

}  // namespace wenming::volunteer
