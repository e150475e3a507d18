// The table of registrations. Rows are written under the lock of their shift (shifts_store.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/registrations/registration_moves_store.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "common/db/session.h"

namespace wenming::activity {

// What a statement selects of registrations `r` and their volunteers `v`, first of all; and a registration of it,
// without the reason.
inline constexpr char kRegistrationColumns[] =
    "r.id, r.shift_id, r.activity_id, r.volunteer_id, r.state, r.waitlist_position, r.offer_expire_time, r.start_time,"
    " r.end_time, r.create_time, r.update_time, v.volunteer_number, v.masked_name";
Registration RegistrationOf(const db::Row& row);

// The registration; NOT_FOUND also for one of another center.
absl::StatusOr<Registration> LoadRegistration(db::Session& session, uint64_t center_id, uint64_t id);

// Those of these ids that are there; by id.
absl::StatusOr<std::unordered_map<uint64_t, Registration>> LoadRegistrations(db::Session& session, uint64_t center_id,
                                                                             std::span<const uint64_t> ids);

// ALREADY_EXISTS with REASON_ALREADY_SIGNED_UP when one of the persons has a live one in the same shift.
absl::Status InsertRegistrations(db::Transaction& transaction, uint64_t center_id,
                                 std::span<const Registration> registrations);

// Takes a registration from the state it was loaded in to another, with its offer, and keeps the move; ABORTED when it
// is not in that state any more. Who gives a place up has the reason in his registration, too.
absl::Status ChangeState(db::Transaction& transaction, uint64_t center_id, Registration& registration,
                         RegistrationState to, std::optional<absl::Time> offer_expire_time, const Cause& cause);

// The first on the waiting list; nothing when it is empty. Under the lock of the shift.
absl::StatusOr<std::optional<Registration>> FirstWaiting(db::Transaction& transaction, uint64_t center_id,
                                                         uint64_t shift_id);

// Live registrations of a person, in this shift or any other, whose time meets [start, end).
absl::StatusOr<std::vector<OwnRegistration>> FindOwn(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                     absl::Time start, absl::Time end);

// The same of many persons; the times tell whose they meet.
struct HeldRegistration {
  uint64_t volunteer_id = 0;
  OwnRegistration own = {};
  absl::Time start_time = {};
  absl::Time end_time = {};
};
bool EndsBefore(const HeldRegistration& a, const HeldRegistration& b);  // by id where both end at once
absl::StatusOr<std::vector<HeldRegistration>> FindOwnOfAll(db::Session& session, uint64_t center_id,
                                                           std::span<const uint64_t> volunteer_ids, absl::Time start,
                                                           absl::Time end);

// Who has any registration in the shift, gone ones included: a volunteer id for each, at most `limit`, sorted.
absl::StatusOr<std::vector<uint64_t>> ListEverRegistered(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                         int limit);

// Whether the person has signed up for the shift and not gone since.
absl::StatusOr<bool> IsSignedUp(db::Session& session, uint64_t center_id, uint64_t shift_id, uint64_t volunteer_id);

// Cancels every sign-up of a locked shift that is called off. This and the next two keep the move of each, too.
absl::Status CancelAllOfShift(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id, const Cause& cause);
// Lets those of a locked shift go who are in this state (WAITLISTED, OFFERED) when it is over; says how many.
absl::StatusOr<int64_t> LapseAllOfShift(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                                        RegistrationState state, const Cause& cause);
// Moves the confirmed registrations with these ids of a locked shift to what they became.
absl::Status SetOutcome(db::Transaction& transaction, uint64_t center_id, const std::vector<uint64_t>& ids,
                        RegistrationState outcome, const Cause& cause);

// Where a page of a roster begins: after this row in the order of state, place on the waiting list, id.
struct RosterPosition {
  RegistrationState state = v1::Registration::STATE_UNSPECIFIED;
  int64_t waitlist_position = 0;
  uint64_t id = 0;
};
// The confirmed first, then the waiting list in order, then the rest; only `state` unless that is UNSPECIFIED.
absl::StatusOr<std::vector<Registration>> ListRoster(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                     RegistrationState state, const RosterPosition& after, int limit);
// A person's own, newest first, those with an id below `before`.
absl::StatusOr<std::vector<Registration>> ListOwn(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                  uint64_t before, int limit);

// An offer that is open.
struct OpenOffer {
  uint64_t center_id;
  uint64_t shift_id;
  uint64_t registration_id;
  absl::Time expire_time;
};
// The first that expire, over all centers.
absl::StatusOr<std::vector<OpenOffer>> ListOpenOffers(db::Session& session, int limit);

}  // namespace wenming::activity
