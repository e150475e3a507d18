// What becomes of the registrations of a person who may not keep them.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::activity {

// Cancels a person's registrations in shifts that have not begun and passes the places on: all, of who is no longer
// active; those in dangerous activities, of a minor; those in shifts for teams that he belongs to none of, or that ask
// for a skill he has not, for an expired certificate opens no post. One who has checked in stays. The row of the person
// is locked (volunteers_store.h); each shift is locked in turn.
// He is told which and why.
absl::Status GiveUpPlaces(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                          const Volunteer& volunteer, absl::Time now);

// An outbox::Apply with the time: takes over what a VolunteerChanged says, and gives up the places that the person
// may not keep; who has been erased is told nothing. INVALID_ARGUMENT for one that cannot be read.
absl::Status FollowVolunteer(db::Transaction& transaction, ids::Generator& ids, const events::v1::Event& event,
                             absl::Time now);

}  // namespace wenming::activity
