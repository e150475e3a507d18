#include "activity_svc/registrations/waiting_list.h"

#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

// The shift as it is now: the rules that the look without a lock could not be sure of.
absl::Status CheckStillOpen(const Shift& shift, absl::Time now) {
  Volunteer active;
  active.active = true;
  return CheckSignUp({.shift = shift, .volunteer = active}, now);
}

}  // namespace

absl::StatusOr<Place> TakePlace(db::Transaction& transaction, uint64_t center_id, const Shift& seen, absl::Time now) {
  if (seen.HasPlace()) {
    const auto taken = TryTakePlace(transaction, center_id, seen.id, now);
    if (!taken.ok()) return taken.status();
    if (*taken) return Place{};
  }
  // The place went to somebody else, or people wait: decide on the locked row, so that nobody joins the waiting list
  // while a place is free.
  auto shift = LockShift(transaction, center_id, seen.id);
  if (!shift.ok()) return shift.status();
  if (auto status = CheckStillOpen(*shift, now); !status.ok()) return status;
  Place place;
  if (shift->HasPlace()) {
    ++shift->taken_count;
  } else {
    ++shift->waitlisted_count;
    place = {R::STATE_WAITLISTED, ++shift->waitlist_last_position};
  }
  if (auto status = SaveCounters(transaction, center_id, *shift, now); !status.ok()) return status;
  return place;
}

absl::StatusOr<bool> PassPlaceOn(db::Transaction& transaction, uint64_t center_id, Shift& shift, const Policy& policy,
                                 absl::Time now) {
  std::optional<Registration> next;
  if (now < shift.start_time && shift.waitlisted_count > 0) {
    auto first = FirstWaiting(transaction, center_id, shift.id);
    if (!first.ok()) return first.status();
    next = *std::move(first);
  }
  if (next) {
    --shift.waitlisted_count;
    const absl::Time expiry = OfferExpiry(shift, policy, now);
    const absl::Status offered = ChangeState(transaction, center_id, *next, R::STATE_OFFERED, expiry, "", now);
    if (!offered.ok()) return offered;
  } else {
    --shift.taken_count;
  }
  if (auto status = SaveCounters(transaction, center_id, shift, now); !status.ok()) return status;
  return next.has_value();
}

absl::Status LeaveWaitingList(db::Transaction& transaction, uint64_t center_id, Shift& shift, absl::Time now) {
  --shift.waitlisted_count;
  return SaveCounters(transaction, center_id, shift, now);
}

absl::StatusOr<bool> EndOffer(db::Transaction& transaction, uint64_t center_id, Shift& shift,
                              Registration& registration, RegistrationState to, const Policy& policy, absl::Time now) {
  const absl::Status ended = ChangeState(transaction, center_id, registration, to, std::nullopt, "", now);
  if (!ended.ok()) return ended;
  return PassPlaceOn(transaction, center_id, shift, policy, now);
}

absl::StatusOr<Lapse> LapseIfDue(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                                 uint64_t registration_id, absl::Time now) {
  auto shift = LockShift(transaction, center_id, shift_id);
  if (!shift.ok()) return shift.status();
  auto registration = LoadRegistration(transaction, center_id, registration_id);
  if (!registration.ok()) return registration.status();
  if (!OfferLapsed(*registration, now)) return Lapse{};
  const auto policy = LoadPolicy(transaction, center_id);
  if (!policy.ok()) return policy.status();
  const auto again = EndOffer(transaction, center_id, *shift, *registration, R::STATE_LAPSED, *policy, now);
  if (!again.ok()) return again.status();
  return Lapse{.lapsed = true, .offered_again = *again};
}

}  // namespace wenming::activity
