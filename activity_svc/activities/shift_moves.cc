#include "activity_svc/activities/shift_moves.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using M = v1::MoveActivityRequest;

absl::Status CheckMethodInForce(db::Session& session, const rpc::Call& call, const Activity& activity) {
  const auto policy = LoadPolicy(session, call.center_id);
  return policy.ok() ? CheckMethod(*policy, activity.method) : policy.status();
}

absl::Status CheckHasShifts(db::Session& session, const rpc::Call& call, const Activity& activity) {
  const auto totals = CountShifts(session, call.center_id, activity.id);
  if (!totals.ok()) return totals.status();
  return totals->shifts > 0 ? absl::OkStatus() : errors::FailedPrecondition(type::REASON_NO_SHIFTS);
}

absl::Status CheckSettled(db::Session& session, const rpc::Call& call, const Activity& activity) {
  const auto totals = CountShifts(session, call.center_id, activity.id);
  if (!totals.ok()) return totals.status();
  if (totals->unsettled == 0) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_SHIFTS_NOT_SETTLED, {{"count", std::to_string(totals->unsettled)}});
}

absl::StatusOr<std::vector<Shift>> AllShifts(db::Session& session, const rpc::Call& call, const Activity& activity) {
  return ListShifts(session, call.center_id, activity.id, std::numeric_limits<int64_t>::min(), 0,
                    std::numeric_limits<int>::max());
}

absl::Status CheckNoneToCome(db::Session& session, const rpc::Call& call, const Activity& activity) {
  const auto shifts = AllShifts(session, call, activity);
  if (!shifts.ok()) return shifts.status();
  const auto to_come = [&call](const Shift& shift) {
    return shift.state == v1::Shift::STATE_OPEN && shift.end_time > call.now;
  };
  if (std::ranges::none_of(*shifts, to_come)) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_SHIFT_NOT_ENDED);
}

absl::Status Suspend(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids, const Activity& activity,
                     std::string_view reason) {
  const absl::Status closed = SetAccepting(transaction, call.center_id, activity.id, false, true, call.now);
  if (!closed.ok()) return closed;
  auto shifts = AllShifts(transaction, call, activity);
  if (!shifts.ok()) return shifts.status();
  for (Shift& shift : *shifts) {
    if (shift.state != v1::Shift::STATE_OPEN) continue;
    const absl::Status back = SuspendOffers(transaction, ids, call.center_id, shift, By(call, reason));
    if (!back.ok()) return back;
  }
  return absl::OkStatus();
}

// Places that were given back meanwhile, and those whose offers were taken back, go to those who wait.
absl::Status Resume(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                    const Activity& activity) {
  const absl::Status opened = SetAccepting(transaction, call.center_id, activity.id, true, true, call.now);
  if (!opened.ok()) return opened;
  const auto policy = LoadPolicy(transaction, call.center_id);
  if (!policy.ok()) return policy.status();
  auto shifts = AllShifts(transaction, call, activity);
  if (!shifts.ok()) return shifts.status();
  for (Shift& shift : *shifts) {
    if (shift.state != v1::Shift::STATE_OPEN) continue;
    const auto offered = OfferFreePlaces(transaction, ids, call.center_id, shift, *policy, call.now);
    if (!offered.ok()) return offered.status();
  }
  return absl::OkStatus();
}

// Closes the shifts first: from then on nobody can sign up, so that the count holds.
absl::Status Unpublish(db::Transaction& transaction, const rpc::Call& call, const Activity& activity) {
  const absl::Status closed = SetAccepting(transaction, call.center_id, activity.id, false, false, call.now);
  if (!closed.ok()) return closed;
  const auto totals = CountShifts(transaction, call.center_id, activity.id);
  if (!totals.ok()) return totals.status();
  return totals->sign_ups == 0 ? absl::OkStatus() : errors::FailedPrecondition(type::REASON_HAS_SIGN_UPS);
}

absl::Status Cancel(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids, const Activity& activity,
                    std::string_view reason) {
  // What has begun is left to attendance, so that hours served are not lost; nobody came to what was never public.
  const absl::Time after = activity.is_public ? call.now : absl::InfinitePast();
  // Which shifts are called off is known only once their rows are locked.
  const absl::Status locked = SetAccepting(transaction, call.center_id, activity.id, false, true, call.now);
  if (!locked.ok()) return locked;
  const auto shifts = AllShifts(transaction, call, activity);
  if (!shifts.ok()) return shifts.status();
  for (const Shift& shift : *shifts) {
    if (shift.state != v1::Shift::STATE_OPEN || shift.start_time <= after) continue;
    const Cause cause = Telling(ids, v1::Notice::KIND_SHIFT_CANCELLED, By(call, reason));
    const absl::Status cancelled = CancelAllOfShift(transaction, call.center_id, shift.id, cause);
    if (!cancelled.ok()) return cancelled;
  }
  return CancelShifts(transaction, call.center_id, activity.id, after, call.now);
}

}  // namespace

absl::Status MoveShifts(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                        const Activity& activity, const MoveRule& rule, std::string_view reason) {
  switch (rule.move) {
    case M::MOVE_SUBMIT:
      if (auto status = CheckInsured(activity); !status.ok()) return status;
      if (auto status = CheckMethodInForce(transaction, call, activity); !status.ok()) return status;
      return CheckHasShifts(transaction, call, activity);
    case M::MOVE_RESUME:
      if (auto status = CheckMethodInForce(transaction, call, activity); !status.ok()) return status;
      return Resume(transaction, call, ids, activity);
    case M::MOVE_PUBLISH:
      if (auto status = CheckInsured(activity); !status.ok()) return status;
      if (auto status = CheckMethodInForce(transaction, call, activity); !status.ok()) return status;
      return SetAccepting(transaction, call.center_id, activity.id, true, true, call.now);
    case M::MOVE_UNPUBLISH:
      return Unpublish(transaction, call, activity);
    case M::MOVE_CLOSE:
    case M::MOVE_START:
      return SetAccepting(transaction, call.center_id, activity.id, false, true, call.now);
    case M::MOVE_SUSPEND:
      return Suspend(transaction, call, ids, activity, reason);
    case M::MOVE_END:
      return CheckNoneToCome(transaction, call, activity);
    case M::MOVE_SETTLE:
      return CheckSettled(transaction, call, activity);
    case M::MOVE_CANCEL:
      return Cancel(transaction, call, ids, activity, reason);
    default:
      return absl::OkStatus();
  }
}

}  // namespace wenming::activity
