#include "activity_svc/registrations/own_registration.h"

#include <optional>
#include <utility>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

// A registration of the caller with its shift, locked, and the policy.
struct Locked {
  Shift shift;
  Registration registration;
  Policy policy;
};

absl::StatusOr<Locked> LockShiftOf(db::Transaction& tx, const rpc::Call& call, const Registration& seen) {
  Locked locked;
  auto shift = LockShift(tx, call.center_id, seen.shift_id);
  if (!shift.ok()) return shift.status();
  locked.shift = *std::move(shift);
  auto registration = LoadRegistration(tx, call.center_id, seen.id);
  if (!registration.ok()) return registration.status();
  locked.registration = *std::move(registration);
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  locked.policy = *policy;
  return locked;
}

absl::StatusOr<Registration> LoadOwn(db::Transaction& tx, const rpc::Call& call, uint64_t id) {
  auto registration = LoadRegistration(tx, call.center_id, id);
  if (registration.ok() && !call.IsVolunteer(registration->volunteer_id)) {
    return errors::PermissionDenied(type::REASON_NOT_YOURS);
  }
  return registration;
}

absl::StatusOr<Locked> LockOwn(db::Transaction& tx, const rpc::Call& call, uint64_t id) {
  const auto seen = LoadOwn(tx, call, id);
  return seen.ok() ? LockShiftOf(tx, call, *seen) : seen.status();
}

// Nobody gets a place while the activity is suspended (his offer was taken back, then), or where a rule about the
// person stands against it.
absl::Status CheckMayTake(db::Transaction& tx, const rpc::Call& call, const Locked& locked,
                          const std::optional<Volunteer>& volunteer) {
  const Registration& registration = locked.registration;
  const auto activity = LoadActivity(tx, call.center_id, registration.activity_id);
  if (!activity.ok()) return activity.status();
  if (activity->state == v1::Activity::STATE_SUSPENDED) {
    return errors::FailedPrecondition(type::REASON_ACTIVITY_NOT_OPEN);
  }
  if (auto status = CheckMove(registration.state, RegistrationMove::kAccept); !status.ok()) return status;
  auto own = FindOwn(tx, call.center_id, registration.volunteer_id, registration.start_time, registration.end_time);
  if (!own.ok()) return own.status();
  std::erase_if(*own, [&](const OwnRegistration& one) { return one.id == registration.id; });
  const SignUpFacts facts{.shift = locked.shift,
                          .activity_state = std::nullopt,
                          .volunteer = volunteer,
                          .dangerous = activity->dangerous,
                          .own = *std::move(own)};
  return FirstOf(FindRefusalsOfPerson(facts, call.now));
}

absl::StatusOr<Change> LapseOwnOffer(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, Locked& locked,
                                     const Cause& cause) {
  const auto again =
      EndOffer(tx, ids, call.center_id, locked.shift, locked.registration, R::STATE_LAPSED, locked.policy, cause);
  if (!again.ok()) return again.status();
  return Change{.registration = std::move(locked.registration), .changed = true, .offered_again = *again};
}

}  // namespace

absl::StatusOr<Change> CancelOwn(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, uint64_t id,
                                 std::string_view reason) {
  auto locked = LockOwn(tx, call, id);
  if (!locked.ok()) return locked.status();
  Registration& registration = locked->registration;
  if (AlreadyMade(registration.state, RegistrationMove::kCancel)) return Change{.registration = registration};
  const auto to = StateAfterCancel(registration, locked->policy, call.now);
  if (!to.ok()) return to.status();
  const auto present = HasPresence(tx, call.center_id, id);
  if (!present.ok()) return present.status();
  if (*present) return errors::FailedPrecondition(type::REASON_CHECKED_IN);
  const bool waited = registration.state == R::STATE_WAITLISTED;
  const absl::Status changed = ChangeState(tx, call.center_id, registration, *to, std::nullopt, By(call, reason));
  if (!changed.ok()) return changed;
  if (waited) {
    if (auto left = LeaveWaitingList(tx, call.center_id, locked->shift, call.now); !left.ok()) return left;
    return Change{.registration = registration, .changed = true};
  }
  const auto again = PassPlaceOn(tx, ids, call.center_id, locked->shift, locked->policy, call.now);
  if (!again.ok()) return again.status();
  return Change{.registration = registration, .changed = true, .offered_again = *again};
}

absl::StatusOr<Change> AcceptOwnOffer(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, uint64_t id) {
  const auto seen = LoadOwn(tx, call, id);
  if (!seen.ok()) return seen.status();
  const auto volunteer = LockVolunteer(tx, call.center_id, seen->volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  auto locked = LockShiftOf(tx, call, *seen);
  if (!locked.ok()) return locked.status();
  Registration& registration = locked->registration;
  if (AlreadyMade(registration.state, RegistrationMove::kAccept)) return Change{.registration = registration};
  if (registration.state == R::STATE_LAPSED) return errors::FailedPrecondition(type::REASON_OFFER_LAPSED);
  if (OfferLapsed(registration, call.now)) {
    const Cause cause = Telling(ids, v1::Notice::KIND_OFFER_LAPSED, BySystem(call.now));
    return LapseOwnOffer(tx, call, ids, *locked, cause);
  }
  if (auto status = CheckMayTake(tx, call, *locked, *volunteer); !status.ok()) return status;
  const absl::Status confirmed =
      ChangeState(tx, call.center_id, registration, R::STATE_CONFIRMED, std::nullopt, By(call));
  if (!confirmed.ok()) return confirmed;
  return Change{.registration = registration, .changed = true};
}

absl::StatusOr<Change> DeclineOwnOffer(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, uint64_t id) {
  auto locked = LockOwn(tx, call, id);
  if (!locked.ok()) return locked.status();
  const Registration& registration = locked->registration;
  if (AlreadyMade(registration.state, RegistrationMove::kDecline)) return Change{.registration = registration};
  if (auto status = CheckMove(registration.state, RegistrationMove::kDecline); !status.ok()) return status;
  return LapseOwnOffer(tx, call, ids, *locked, By(call));
}

}  // namespace wenming::activity
