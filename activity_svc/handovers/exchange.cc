#include "activity_svc/handovers/exchange.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using H = v1::Handover;
using R = v1::Registration;

// A place that changes hands, its shift locked.
struct Seat {
  Registration registration;
  Shift shift;
};

absl::Status NoHandover() { return errors::FailedPrecondition(type::REASON_NO_HANDOVER); }

// A confirmed place in a shift to come, of somebody who has not checked in.
absl::Status CheckCanBeGiven(db::Session& session, const rpc::Call& call, const Registration& registration) {
  if (auto status = CheckMove(registration.state, RegistrationMove::kHandOver); !status.ok()) return status;
  if (call.now >= registration.start_time) return errors::FailedPrecondition(type::REASON_SHIFT_STARTED);
  const auto present = HasPresence(session, call.center_id, registration.id);
  if (!present.ok()) return present.status();
  return *present ? errors::FailedPrecondition(type::REASON_CHECKED_IN) : absl::OkStatus();
}

// The rules for a person who takes a place in the shift and, in a swap, leaves `left` (0: none).
absl::Status CheckMayTake(db::Session& session, const rpc::Call& call, uint64_t volunteer_id, const Shift& shift,
                          uint64_t left) {
  const auto activity = LoadActivity(session, call.center_id, shift.activity_id);
  if (!activity.ok()) return activity.status();
  if (shift.state != v1::Shift::STATE_OPEN || !activity->is_public ||
      activity->state == v1::Activity::STATE_SUSPENDED) {
    return errors::FailedPrecondition(type::REASON_ACTIVITY_NOT_OPEN);
  }
  if (call.now >= shift.start_time) return errors::FailedPrecondition(type::REASON_SHIFT_STARTED);
  auto volunteer = LoadVolunteer(session, call.center_id, volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  auto own = FindOwn(session, call.center_id, volunteer_id, shift.start_time, shift.end_time);
  if (!own.ok()) return own.status();
  std::erase_if(*own, [left](const OwnRegistration& one) { return one.id == left; });
  const SignUpFacts facts{.shift = shift,
                          .activity_state = activity->state,
                          .volunteer = *std::move(volunteer),
                          .dangerous = activity->dangerous,
                          .own = *std::move(own)};
  return FirstOf(FindRefusalsOfPerson(facts, call.now));
}

absl::Status LockPersons(db::Transaction& tx, const rpc::Call& call, const Handover& handover) {
  for (const uint64_t id :
       {std::min(handover.giver_id, handover.taker_id), std::max(handover.giver_id, handover.taker_id)}) {
    if (const auto locked = LockVolunteer(tx, call.center_id, id); !locked.ok()) return locked.status();
  }
  return absl::OkStatus();
}

// The given shift, and the wanted one of a swap.
absl::StatusOr<std::pair<Shift, std::optional<Shift>>> LockBoth(db::Transaction& tx, const rpc::Call& call,
                                                                const Handover& handover) {
  std::vector<uint64_t> in_order = {handover.shift_id};
  if (handover.wanted_shift_id != 0) in_order.push_back(handover.wanted_shift_id);
  std::ranges::sort(in_order);
  std::pair<Shift, std::optional<Shift>> both;
  for (const uint64_t id : in_order) {
    auto shift = LockShift(tx, call.center_id, id);
    if (!shift.ok()) return shift.status();
    if (id == handover.shift_id) {
      both.first = *std::move(shift);
    } else {
      both.second = *std::move(shift);
    }
  }
  return both;
}

// The place that the giver still has: what stands against it is his affair, and not for the taker to read.
absl::StatusOr<Registration> LoadGiven(db::Session& session, const rpc::Call& call, const Handover& handover) {
  auto given = LoadRegistration(session, call.center_id, handover.registration_id);
  if (!given.ok()) return given.status();
  const absl::Status still = CheckCanBeGiven(session, call, *given);
  if (absl::IsFailedPrecondition(still)) return NoHandover();
  if (!still.ok()) return still;
  return given;
}

// The place that the taker gives in return.
absl::StatusOr<Registration> LoadReturned(db::Session& session, const rpc::Call& call, const Handover& handover) {
  const auto id = FindInShift(session, call.center_id, handover.wanted_shift_id, handover.taker_id);
  if (!id.ok()) return id.status();
  if (*id == 0) return errors::FailedPrecondition(type::REASON_NO_PLACE);
  auto returned = LoadRegistration(session, call.center_id, *id);
  if (!returned.ok()) return returned.status();
  if (returned->state != R::STATE_CONFIRMED) return errors::FailedPrecondition(type::REASON_NO_PLACE);
  if (auto status = CheckCanBeGiven(session, call, *returned); !status.ok()) return status;
  return returned;
}

// Takes the place from who has it.
absl::Status Leave(db::Transaction& tx, const rpc::Call& call, Registration& left) {
  return ChangeState(tx, call.center_id, left, R::STATE_SWAPPED, std::nullopt, By(call));
}

// Gives it to whoever comes instead.
absl::Status Sit(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, const Registration& left,
                 uint64_t volunteer_id) {
  Registration taken = left;
  taken.id = ids.Next();
  taken.volunteer_id = volunteer_id;
  taken.state = R::STATE_CONFIRMED;
  taken.waitlist_position = 0;
  taken.create_time = call.now;
  return InsertRegistrations(tx, call.center_id, {&taken, 1});
}

// A stand-in, or with the shift of `wanted` a swap; everything is locked.
absl::Status CarryOut(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, const Handover& handover,
                      const Shift& shift, const std::optional<Shift>& wanted) {
  auto given = LoadGiven(tx, call, handover);
  if (!given.ok()) return given.status();
  std::optional<Registration> returned;
  if (wanted) {
    auto found = LoadReturned(tx, call, handover);
    if (!found.ok()) return found.status();
    returned = *std::move(found);
    const absl::Status giver_may = CheckMayTake(tx, call, handover.giver_id, *wanted, given->id);
    if (absl::IsFailedPrecondition(giver_may) || absl::IsAlreadyExists(giver_may)) return NoHandover();
    if (!giver_may.ok()) return giver_may;
  }
  const absl::Status may = CheckMayTake(tx, call, handover.taker_id, shift, returned ? returned->id : 0);
  if (!may.ok()) return may;
  if (auto status = Leave(tx, call, *given); !status.ok()) return status;
  if (returned) {
    if (auto status = Leave(tx, call, *returned); !status.ok()) return status;
    if (auto status = Sit(tx, call, ids, *returned, handover.giver_id); !status.ok()) return status;
  }
  return Sit(tx, call, ids, *given, handover.taker_id);
}

// The taker's name is not loaded: it is not for the giver (ToProto).
absl::StatusOr<Handover> NewHandover(db::Transaction& tx, const rpc::Call& call, const Registration& given,
                                     const Proposal& proposal) {
  const auto taker = FindByNumber(tx, call.center_id, proposal.taker_number);
  if (!taker.ok()) return taker.status();
  if (*taker == 0) {
    return errors::InvalidField("handover.taker_number", type::REASON_UNKNOWN_REFERENCE,
                                {{"value", std::string(proposal.taker_number)}});
  }
  if (*taker == given.volunteer_id) return errors::FailedPrecondition(type::REASON_HANDOVER_SELF);
  return Handover{.registration_id = given.id,
                  .shift_id = given.shift_id,
                  .giver_id = given.volunteer_id,
                  .taker_id = *taker,
                  .wanted_shift_id = proposal.wanted_shift_id,
                  .create_time = call.now,
                  .update_time = call.now,
                  .giver_number = given.volunteer_number,
                  .giver_masked_name = given.masked_name,
                  .taker_number = std::string(proposal.taker_number)};
}

}  // namespace

absl::StatusOr<Handover> Propose(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids,
                                 const Proposal& proposal) {
  const auto seen = LoadRegistration(tx, call.center_id, proposal.registration_id);
  if (!seen.ok()) return seen.status();
  if (!call.IsVolunteer(seen->volunteer_id)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  if (proposal.wanted_shift_id == seen->shift_id) {
    return errors::InvalidField("handover.wanted_shift", type::REASON_UNKNOWN_VALUE);
  }
  if (auto locked = LockVolunteer(tx, call.center_id, seen->volunteer_id); !locked.ok()) return locked.status();
  if (auto status = CheckCanBeGiven(tx, call, *seen); !status.ok()) return status;
  auto handover = NewHandover(tx, call, *seen, proposal);
  if (!handover.ok()) return handover.status();
  const auto policy = LoadPolicy(tx, call.center_id);
  if (!policy.ok()) return policy.status();
  handover->id = ids.Next();
  handover->expire_time = std::min(call.now + policy->handover(), seen->start_time);
  if (proposal.wanted_shift_id != 0) {
    const auto wanted = LoadShift(tx, call.center_id, proposal.wanted_shift_id);
    if (!wanted.ok()) return wanted.status();
    const absl::Status may = CheckMayTake(tx, call, seen->volunteer_id, *wanted, seen->id);
    if (!may.ok()) return may;
    handover->expire_time = std::min(handover->expire_time, wanted->start_time);
  }
  if (auto status = InsertHandover(tx, ids, call.center_id, *handover); !status.ok()) return status;
  return handover;
}

absl::StatusOr<Handover> Accept(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, uint64_t id) {
  const auto seen = LoadHandover(tx, call.center_id, id);
  if (!seen.ok()) return seen.status();
  if (!call.IsVolunteer(seen->taker_id)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  if (auto status = LockPersons(tx, call, *seen); !status.ok()) return status;
  auto handover = LoadHandover(tx, call.center_id, id);
  if (!handover.ok() || handover->state == H::STATE_ACCEPTED) return handover;
  const bool waits = handover->state == H::STATE_PROPOSED;
  if (handover->state == H::STATE_LAPSED || (waits && call.now >= handover->expire_time)) {
    return errors::FailedPrecondition(type::REASON_HANDOVER_LAPSED);
  }
  if (!waits) return NoHandover();
  const auto shifts = LockBoth(tx, call, *handover);
  if (!shifts.ok()) return shifts.status();
  const absl::Status done = CarryOut(tx, call, ids, *handover, shifts->first, shifts->second);
  if (!done.ok()) return done;
  const auto answered = AnswerHandover(tx, ids, call.center_id, *handover, H::STATE_ACCEPTED, call.now);
  if (!answered.ok()) return answered.status();
  if (!*answered) return errors::Aborted(type::REASON_CONFLICT);
  return handover;
}

absl::StatusOr<Handover> Refuse(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, uint64_t id,
                                HandoverState answer) {
  auto handover = LoadHandover(tx, call.center_id, id);
  if (!handover.ok()) return handover.status();
  const uint64_t whose = answer == H::STATE_DECLINED ? handover->taker_id : handover->giver_id;
  if (!call.IsVolunteer(whose)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  if (handover->state == answer) return handover;
  if (handover->state != H::STATE_PROPOSED) return NoHandover();
  const auto answered = AnswerHandover(tx, ids, call.center_id, *handover, answer, call.now);
  if (!answered.ok()) return answered.status();
  return *answered ? handover : NoHandover();
}

}  // namespace wenming::activity
