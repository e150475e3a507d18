#include "activity_svc/registrations/excuse.h"

#include <optional>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/absences.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

absl::Status Authorise(db::Session& session, const rpc::Call& call, const Registration& registration) {
  const auto activity = LoadActivity(session, call.center_id, registration.activity_id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise("attendance.run", activity->unit_id); !status.ok()) return status;
  return CheckNotOwnHours(call, registration.volunteer_id);
}

}  // namespace

absl::StatusOr<Change> Excuse(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, uint64_t id,
                              std::string_view reason) {
  const auto seen = LoadRegistration(tx, call.center_id, id);
  if (!seen.ok()) return seen.status();
  if (auto status = Authorise(tx, call, *seen); !status.ok()) return status;
  if (const auto person = LockVolunteer(tx, call.center_id, seen->volunteer_id); !person.ok()) return person.status();
  auto shift = LockShift(tx, call.center_id, seen->shift_id);
  if (!shift.ok()) return shift.status();
  auto registration = LoadRegistration(tx, call.center_id, id);
  if (!registration.ok()) return registration.status();
  if (AlreadyMade(registration->state, RegistrationMove::kExcuse)) return Change{.registration = *registration};
  if (auto status = CheckMove(registration->state, RegistrationMove::kExcuse); !status.ok()) return status;
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  const bool held = registration->state == R::STATE_CONFIRMED;
  if (held) {
    const auto present = HasPresence(tx, call.center_id, id);
    if (!present.ok()) return present.status();
    if (*present) return errors::FailedPrecondition(type::REASON_CHECKED_IN);
  }
  const Cause cause = Telling(ids, v1::Notice::KIND_EXCUSED, By(call, reason));
  const absl::Status excused = ChangeState(tx, call.center_id, *registration, R::STATE_EXCUSED, std::nullopt, cause);
  if (!excused.ok()) return excused;
  Change change{.registration = *registration, .changed = true};
  if (!held) {
    const auto status = RefreshLock(tx, call.center_id, registration->volunteer_id, *policy, call.now);
    if (!status.ok()) return status;
  }
  const auto again = PassPlaceOn(tx, ids, call.center_id, *shift, *policy, call.now);
  if (!again.ok()) return again.status();
  change.offered_again = *again;
  return change;
}

}  // namespace wenming::activity
