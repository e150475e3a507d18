// From the end of a shift to hours in the ledger, step by step, inside a transaction. The shift is locked; each step
// asks the table of shifts_rules.h first, and the state that it writes is what makes it happen once.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activity.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "common/ids/ids.h"

namespace wenming::activity {

// Who settles what.
struct SettlementContext {
  uint64_t center_id = 0;
  ids::Generator& ids;
  Shift& shift;  // becomes what it is after the step
  const Policy& policy;
  absl::Time now = {};
  std::string_view actor = {};  // "staff/ID"; empty: the platform itself
};

// A forgotten check-out: closed at the planned end, and flagged.
void CloseAtPlannedEnd(const Shift& shift, const Policy& policy, Presence& presence);

// Closes open presences at the planned end and lets those go who still wait; who had an offer is told. Not before the
// planned end (REASON_SHIFT_NOT_ENDED).
absl::Status End(db::Transaction& transaction, const SettlementContext& context);

// The leader's word on the flagged presences, as registration ids.
struct Vouching {
  std::vector<uint64_t> vouched = {};
  std::vector<uint64_t> voided = {};
  bool without_packs = false;  // does not wait for what stations recorded
};
// Confirms the presences, gives every confirmed registration its outcome and counts the absences (absences.h); who is
// absent or excused is told. Nobody is absent from a shift in whose time the activity was suspended: who was not there
// is excused. FAILED_PRECONDITION with REASON_PACK_OUTSTANDING while records of a station may still come.
// INVALID_ARGUMENT for an id that is no flagged presence of the shift or stands in both lists, FAILED_PRECONDITION with
// REASON_UNCONFIRMED_PRESENCE when one is in neither.
absl::Status Confirm(db::Transaction& transaction, const SettlementContext& context, const Vouching& vouching);

// What the registration of a confirmed shift became by its presence: nobody can be blamed for not coming to what was
// called off for the time being, so that whoever was not there in such a time is excused.
absl::StatusOr<RegistrationState> OutcomeIn(db::Session& session, uint64_t center_id, const Shift& shift,
                                            const Presence& presence);

// For a shift that is confirmed: FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED unless it was by these very lists.
absl::Status CheckSameVouching(db::Transaction& transaction, const SettlementContext& context,
                               const Vouching& vouching);

// Begins the publication.
absl::Status Publicize(db::Transaction& transaction, const SettlementContext& context);

// Locks the people with a presence in the shift, which Settle asks for; before the shift itself is locked.
absl::Status LockThosePresent(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id);

// Tells the ledger and the person of every counted presence, once the publication has ended (REASON_PUBLICATION_RUNNING
// before). FAILED_PRECONDITION with REASON_HOURS_OVERLAP where one of them is credited for a part of the time.
absl::Status Settle(db::Transaction& transaction, const SettlementContext& context, const Activity& activity,
                    uint64_t recorder_id);

}  // namespace wenming::activity
