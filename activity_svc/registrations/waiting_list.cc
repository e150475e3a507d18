#include "activity_svc/registrations/waiting_list.h"

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

// Read without a lock: a suspension that comes at the same time waits for the shift, or was committed before it was
// locked.
absl::StatusOr<bool> Suspended(db::Session& session, uint64_t center_id, const Shift& shift) {
  const auto activity = LoadActivity(session, center_id, shift.activity_id);
  if (!activity.ok()) return activity.status();
  return activity->state == v1::Activity::STATE_SUSPENDED;
}

// Offers a place that is held for him to the first who waits. Says whether there was one.
absl::StatusOr<bool> OfferToFirst(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                                  const Policy& policy, absl::Time now) {
  if (now >= shift.start_time || shift.waitlisted_count == 0) return false;
  auto first = FirstWaiting(transaction, center_id, shift.id);
  if (!first.ok()) return first.status();
  if (!first->has_value()) return false;
  --shift.waitlisted_count;
  const absl::Time expiry = OfferExpiry(shift, policy, now);
  const Cause cause = Telling(ids, v1::Notice::KIND_PLACE_OFFERED, BySystem(now));
  const absl::Status offered = ChangeState(transaction, center_id, **first, R::STATE_OFFERED, expiry, cause);
  if (!offered.ok()) return offered;
  return true;
}

}  // namespace

absl::StatusOr<bool> PassPlaceOn(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                                 const Policy& policy, absl::Time now) {
  const auto suspended = Suspended(transaction, center_id, shift);
  if (!suspended.ok()) return suspended.status();
  const absl::StatusOr<bool> offered =
      *suspended ? absl::StatusOr<bool>(false) : OfferToFirst(transaction, ids, center_id, shift, policy, now);
  if (!offered.ok()) return offered.status();
  if (!*offered) --shift.taken_count;
  if (auto status = SaveCounters(transaction, center_id, shift, now); !status.ok()) return status;
  return *offered;
}

absl::Status SuspendOffers(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                           const Cause& cause) {
  auto offered = ListRoster(transaction, center_id, shift.id, R::STATE_OFFERED, {}, shift.capacity);
  if (!offered.ok()) return offered.status();
  // What has lapsed already is not revived.
  std::erase_if(*offered, [&cause](const Registration& one) { return OfferLapsed(one, cause.now); });
  if (offered->empty()) return absl::OkStatus();
  const Cause told = Telling(ids, v1::Notice::KIND_OFFER_LAPSED, cause);
  for (Registration& one : *offered) {
    const absl::Status back = ChangeState(transaction, center_id, one, R::STATE_WAITLISTED, std::nullopt, told);
    if (!back.ok()) return back;
    --shift.taken_count;
    ++shift.waitlisted_count;
  }
  return SaveCounters(transaction, center_id, shift, cause.now);
}

absl::StatusOr<int> OfferFreePlaces(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                                    const Policy& policy, absl::Time now) {
  int count = 0;
  for (; shift.taken_count < shift.capacity; ++shift.taken_count, ++count) {
    const auto offered = OfferToFirst(transaction, ids, center_id, shift, policy, now);
    if (!offered.ok()) return offered.status();
    if (!*offered) break;
  }
  if (count == 0) return 0;
  if (auto status = SaveCounters(transaction, center_id, shift, now); !status.ok()) return status;
  return count;
}

absl::Status LeaveWaitingList(db::Transaction& transaction, uint64_t center_id, Shift& shift, absl::Time now) {
  --shift.waitlisted_count;
  return SaveCounters(transaction, center_id, shift, now);
}

absl::StatusOr<bool> EndOffer(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, Shift& shift,
                              Registration& registration, RegistrationState to, const Policy& policy,
                              const Cause& cause) {
  const absl::Status ended = ChangeState(transaction, center_id, registration, to, std::nullopt, cause);
  if (!ended.ok()) return ended;
  return PassPlaceOn(transaction, ids, center_id, shift, policy, cause.now);
}

absl::StatusOr<Lapse> LapseIfDue(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                                 uint64_t shift_id, uint64_t registration_id, absl::Time now) {
  auto shift = LockShift(transaction, center_id, shift_id);
  if (!shift.ok()) return shift.status();
  auto registration = LoadRegistration(transaction, center_id, registration_id);
  if (!registration.ok()) return registration.status();
  if (!OfferLapsed(*registration, now)) return Lapse{};
  const auto policy = LoadPolicy(transaction, center_id);
  if (!policy.ok()) return policy.status();
  const Cause cause = Telling(ids, v1::Notice::KIND_OFFER_LAPSED, BySystem(now));
  const auto again = EndOffer(transaction, ids, center_id, *shift, *registration, R::STATE_LAPSED, *policy, cause);
  if (!again.ok()) return again.status();
  return Lapse{.lapsed = true, .offered_again = *again};
}

}  // namespace wenming::activity
