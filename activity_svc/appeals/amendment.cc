#include "activity_svc/appeals/amendment.h"

#include <optional>

#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/settlement.h"
#include "activity_svc/registrations/absences.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

// What was credited is taken back; answers the revision that stands next.
absl::StatusOr<int> TakeBack(db::Transaction& tx, ids::Generator& ids, const Word& word, uint64_t source_id) {
  const auto last = LastEntry(tx, word.center_id, source_id);
  if (!last.ok()) return last.status();
  if (!last->has_value()) return 0;
  if (!(*last)->credits()) return (*last)->revision + 1;
  const auto reversed = TellReversal(tx, ids, word, **last);
  if (!reversed.ok()) return reversed.status();
  return reversed->revision + 1;
}

// Who was excused has given the place up. To have been there after all, the person needs one again, and no other at the
// same time.
absl::Status TakePlaceAgain(db::Transaction& tx, const Word& word, Shift& shift, const Registration& registration) {
  const auto own = FindOwn(tx, word.center_id, registration.volunteer_id, shift.start_time, shift.end_time);
  if (!own.ok()) return own.status();
  for (const OwnRegistration& other : *own) {
    if (other.state == v1::Registration::STATE_WAITLISTED) continue;
    return errors::FailedPrecondition(type::REASON_OVERLAPPING_SHIFT,
                                      {{"shift", ids::ResourceName("shifts", other.shift_id)}});
  }
  if (!shift.HasPlace()) return errors::FailedPrecondition(type::REASON_SHIFT_FULL);
  ++shift.taken_count;
  return SaveCounters(tx, word.center_id, shift, word.now);
}

void Replace(const Times& times, Presence& presence) {
  presence.state = v1::Attendance::STATE_CORRECTED;
  presence.check_in_time = times.in;
  presence.check_out_time = times.out;
  presence.check_in_means = presence.check_out_means = v1::Attendance::MEANS_LEADER;
  presence.check_in_pack = presence.check_out_pack = 0;
  presence.check_in_unenforced = presence.check_out_unenforced = 0;
  presence.flagged = false;
}

}  // namespace

absl::Status Amend(db::Transaction& tx, ids::Generator& ids, const rpc::Call& call, const Word& word, Shift& shift,
                   const Activity& activity, const Policy& policy, Registration& registration,
                   std::optional<Times> times) {
  if (times && registration.state == v1::Registration::STATE_EXCUSED) {
    if (auto status = TakePlaceAgain(tx, word, shift, registration); !status.ok()) return status;
  }
  const auto old = FindPresence(tx, word.center_id, registration.id);
  if (!old.ok()) return old.status();
  const absl::Status kept = InsertCorrection(tx, word.center_id, registration.id, ids.Next(), *old, call.caller.subject,
                                             word.reason, word.now);
  if (!kept.ok()) return kept;
  Presence presence = old->value_or(Presence{.registration_id = registration.id,
                                             .shift_id = shift.id,
                                             .volunteer_id = registration.volunteer_id,
                                             .create_time = word.now});
  presence.reason = word.reason;
  if (times) {
    Replace(*times, presence);
    Assess(shift, policy, presence);
  } else {
    presence.state = v1::Attendance::STATE_VOIDED;
    presence.minutes = 0;
  }
  const absl::Status stored = old->has_value() ? UpdatePresence(tx, word.center_id, presence, word.now)
                                               : InsertPresence(tx, word.center_id, presence);
  if (!stored.ok()) return stored;
  const auto outcome = OutcomeIn(tx, word.center_id, shift, presence);
  if (!outcome.ok()) return outcome.status();
  if (*outcome != registration.state) {
    const absl::Status changed = ChangeState(tx, word.center_id, registration, *outcome, registration.offer_expire_time,
                                             {call.caller.subject, word.reason, word.now});
    if (!changed.ok()) return changed;
    const absl::Status counted = RefreshLock(tx, word.center_id, registration.volunteer_id, policy, word.now);
    if (!counted.ok()) return counted;
    if (*outcome == v1::Registration::STATE_EXCUSED) {
      --shift.taken_count;
      if (auto status = SaveCounters(tx, word.center_id, shift, word.now); !status.ok()) return status;
    }
  }
  if (shift.state != v1::Shift::STATE_SETTLED) return CheckNotCredited(tx, word.center_id, shift, presence);
  const auto next = TakeBack(tx, ids, word, registration.id);
  if (!next.ok()) return next.status();
  if (presence.minutes == 0) return absl::OkStatus();
  HourEntry entry = EntryOf(shift, presence, word);
  entry.revision = *next;
  return TellCredit(tx, ids, word, shift, activity, entry);
}

}  // namespace wenming::activity
