#include "activity_svc/registrations/sign_up.h"

#include <utility>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"

namespace wenming::activity {

absl::StatusOr<SignUpFacts> LoadFacts(db::Session& session, uint64_t center_id, const SignUp& sign_up,
                                      std::optional<Volunteer> volunteer) {
  SignUpFacts facts;
  auto shift = LoadShift(session, center_id, sign_up.shift_id);
  if (!shift.ok()) return shift.status();
  facts.shift = *std::move(shift);
  facts.volunteer = std::move(volunteer);
  if (!facts.shift.accepting) {
    const auto activity = LoadActivity(session, center_id, facts.shift.activity_id);
    if (!activity.ok()) return activity.status();
    facts.activity_state = activity->state;
  }
  auto own = FindOwn(session, center_id, sign_up.volunteer_id, facts.shift.start_time, facts.shift.end_time);
  if (!own.ok()) return own.status();
  facts.own = *std::move(own);
  return facts;
}

absl::StatusOr<Registration> MakeRegistration(db::Transaction& transaction, uint64_t center_id, const SignUp& sign_up) {
  auto volunteer = LockVolunteer(transaction, center_id, sign_up.volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  const auto facts = LoadFacts(transaction, center_id, sign_up, *std::move(volunteer));
  if (!facts.ok()) return facts.status();
  if (auto status = CheckSignUp(*facts, sign_up.time); !status.ok()) return status;
  const auto place = TakePlace(transaction, center_id, facts->shift, sign_up.time);
  if (!place.ok()) return place.status();
  Registration registration{.id = sign_up.registration_id,
                            .shift_id = sign_up.shift_id,
                            .activity_id = facts->shift.activity_id,
                            .volunteer_id = sign_up.volunteer_id,
                            .state = place->state,
                            .waitlist_position = place->waitlist_position,
                            .offer_expire_time = std::nullopt,
                            .start_time = facts->shift.start_time,
                            .end_time = facts->shift.end_time,
                            .create_time = sign_up.time,
                            .update_time = sign_up.time,
                            .volunteer_number = facts->volunteer->number,
                            .masked_name = facts->volunteer->masked_name};
  if (auto status = InsertRegistration(transaction, center_id, registration); !status.ok()) return status;
  return registration;
}

}  // namespace wenming::activity
