// Places of a shift as they are given back and passed on to those who wait; sign_up.h takes them. Everything here works
// on a locked shift (shifts_store.h), keeps its counters true, and tells those who are offered a place; `ids` are for
// the notices.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/registrations/registration_moves_store.h"
#include "activity_svc/shifts/shift.h"
#include "common/db/session.h"
#include "common/ids/ids.h"

namespace wenming::activity {

// Gives a taken place of the locked shift to the first who waits, as an offer; with nobody waiting, once the shift has
// begun, or while the activity is suspended, the place is free. Says whether it was offered.
absl::StatusOr<bool> PassPlaceOn(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                                 const Policy& policy, absl::Time now);

// Takes the open offers of the locked shift back when its activity is suspended, for nobody can accept one then:
// whoever had one waits again where he was, and so is the first to be offered a place when it goes on.
absl::Status SuspendOffers(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                           const Cause& cause);

// Offers the free places of the locked shift to those who wait, when its activity goes on after a suspension. Says how
// many were offered.
absl::StatusOr<int> OfferFreePlaces(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                                    const Policy& policy, absl::Time now);

// Takes one who waits off the list of the locked shift. The others keep their positions.
absl::Status LeaveWaitingList(db::Transaction& transaction, uint64_t center_id, Shift& shift, absl::Time now);

// Ends an offer of the locked shift, to LAPSED or CANCELLED, and passes the place on. Says whether it was offered
// again.
absl::StatusOr<bool> EndOffer(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                              Registration& registration, RegistrationState to, const Policy& policy,
                              const Cause& cause);

// Lapses an offer whose time has passed, whoever comes first; does nothing to any other registration. Locks the shift.
struct Lapse {
  bool lapsed = false;
  bool offered_again = false;
};
absl::StatusOr<Lapse> LapseIfDue(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                                 uint64_t shift_id, uint64_t registration_id, absl::Time now);

}  // namespace wenming::activity
