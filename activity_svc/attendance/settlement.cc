#include "activity_svc/attendance/settlement.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/calendars/working_days.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/registrations/absences.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/settlements/deadlines.h"
#include "activity_svc/settlements/hour_entry.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/station_packs/station_packs_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;
using N = v1::Notice;
using R = v1::Registration;

// Why somebody is excused; for people to read.
constexpr char kSuspended[] = "班次期间活动暂停";
constexpr int kAll = std::numeric_limits<int>::max();

absl::StatusOr<std::vector<Presence>> AllPresences(db::Transaction& tx, const SettlementContext& context) {
  return ListPresences(tx, context.center_id, context.shift.id, 0, kAll);
}

std::optional<StepKind> KindOf(ShiftMove move) {
  switch (move) {
    case ShiftMove::kEnd:
      return std::nullopt;
    case ShiftMove::kConfirm:
      return v1::Settlement::Step::KIND_CONFIRMED;
    case ShiftMove::kPublicize:
      return v1::Settlement::Step::KIND_PUBLICISED;
    case ShiftMove::kSettle:
      return v1::Settlement::Step::KIND_SETTLED;
  }
  return std::nullopt;
}

// Who took the step, and whether the time to record the service was over by then. Where the calendar does not say, the
// step goes on and is not called late.
absl::Status KeepStep(db::Transaction& tx, const SettlementContext& context, ShiftMove move) {
  const auto kind = KindOf(move);
  if (!kind) return absl::OkStatus();
  const auto due = DueIfKnown(RecordingDue(tx, context.center_id, context.shift));
  if (!due.ok()) return due.status();
  const SettlementStep step{*kind, std::string(context.actor), context.now, *due && context.now >= **due};
  return InsertStep(tx, context.center_id, context.shift.id, step);
}

absl::Status MoveOn(db::Transaction& tx, const SettlementContext& context, ShiftMove move) {
  const auto next = NextState(context.shift.state, move);
  if (!next.ok()) return next.status();
  context.shift.state = *next;
  context.shift.accepting = false;
  if (auto status = SaveState(tx, context.center_id, context.shift, context.now); !status.ok()) return status;
  return KeepStep(tx, context, move);
}

absl::Status ClosePresences(db::Transaction& tx, const SettlementContext& context) {
  auto presences = AllPresences(tx, context);
  if (!presences.ok()) return presences.status();
  for (Presence& presence : *presences) {
    if (presence.state != A::STATE_CHECKED_IN) continue;
    CloseAtPlannedEnd(context.shift, context.policy, presence);
    const absl::Status closed = UpdatePresence(tx, context.center_id, presence, context.now);
    if (!closed.ok()) return closed;
  }
  return absl::OkStatus();
}

Cause CauseOf(const SettlementContext& context) {
  return context.actor.empty() ? BySystem(context.now) : Cause{.actor = context.actor, .now = context.now};
}

// Who was there is told when the hours are settled.
Cause CauseOf(const SettlementContext& context, RegistrationState outcome) {
  Cause cause = CauseOf(context);
  if (outcome == R::STATE_ABSENT) return Telling(context.ids, N::KIND_ABSENT, cause);
  if (outcome != R::STATE_EXCUSED) return cause;
  cause.reason = kSuspended;
  return Telling(context.ids, N::KIND_EXCUSED, cause);
}

absl::Status LapseThoseWhoWait(db::Transaction& tx, const SettlementContext& context) {
  Shift& shift = context.shift;
  const Cause lapse = Telling(context.ids, N::KIND_OFFER_LAPSED, CauseOf(context));
  const auto offered = LapseAllOfShift(tx, context.center_id, shift.id, R::STATE_OFFERED, lapse);
  if (!offered.ok()) return offered.status();
  const auto waiting = LapseAllOfShift(tx, context.center_id, shift.id, R::STATE_WAITLISTED, CauseOf(context));
  if (!waiting.ok()) return waiting.status();
  shift.taken_count -= static_cast<int>(*offered);
  shift.waitlisted_count -= static_cast<int>(*waiting);
  return SaveCounters(tx, context.center_id, shift, context.now);
}

bool NeedsWord(const Presence& presence) { return presence.state == A::STATE_AUTO_CLOSED; }

// Every id of a list must be a flagged presence, and stand in one list only.
absl::Status CheckVouching(const std::vector<Presence>& presences, const Vouching& vouching) {
  std::unordered_set<uint64_t> open;
  for (const Presence& presence : presences) {
    if (NeedsWord(presence)) open.insert(presence.registration_id);
  }
  const auto take = [&open](const char* field, const std::vector<uint64_t>& list) -> absl::Status {
    for (const uint64_t id : list) {
      if (open.erase(id) == 1) continue;
      return errors::InvalidField(field, type::REASON_UNKNOWN_REFERENCE,
                                  {{"value", ids::ResourceName("registrations", id)}});
    }
    return absl::OkStatus();
  };
  if (auto status = take("vouched", vouching.vouched); !status.ok()) return status;
  if (auto status = take("voided", vouching.voided); !status.ok()) return status;
  if (open.empty()) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_UNCONFIRMED_PRESENCE, {{"count", std::to_string(open.size())}});
}

// What a station recorded without network makes people present who are absent without it.
absl::Status CheckPacksReported(db::Session& session, const SettlementContext& context) {
  const absl::Time until = context.shift.end_time + context.policy.offline_upload();
  if (context.now > until) return absl::OkStatus();
  const auto silent = CountSilentPacks(session, context.center_id, context.shift.id);
  if (!silent.ok()) return silent.status();
  if (*silent == 0) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_PACK_OUTSTANDING,
                                    {{"count", std::to_string(*silent)}, {"until", ChineseTime(until)}});
}

absl::StatusOr<RegistrationState> OutcomeOfMissing(db::Session& session, uint64_t center_id, const Shift& shift) {
  const auto suspended = WasSuspended(session, center_id, shift.activity_id, shift.start_time, shift.end_time);
  if (!suspended.ok()) return suspended.status();
  return *suspended ? R::STATE_EXCUSED : R::STATE_ABSENT;
}

void ConfirmOne(const SettlementContext& context, bool voided, Presence& presence) {
  Assess(context.shift, context.policy, presence);
  if (voided) {
    presence.state = A::STATE_VOIDED;
    presence.minutes = 0;
  } else if (presence.state != A::STATE_CORRECTED) {
    presence.state = A::STATE_CONFIRMED;
  }
}

bool Counts(const Presence& presence) {
  return presence.minutes > 0 && presence.check_out_time &&
         (presence.state == A::STATE_CONFIRMED || presence.state == A::STATE_CORRECTED);
}

absl::Status LockPersons(db::Transaction& tx, uint64_t center_id, const std::vector<Presence>& presences) {
  std::set<uint64_t> persons;
  for (const Presence& presence : presences) persons.insert(presence.volunteer_id);
  return LockVolunteers(tx, center_id, std::vector<uint64_t>(persons.begin(), persons.end())).status();
}

}  // namespace

void CloseAtPlannedEnd(const Shift& shift, const Policy& policy, Presence& presence) {
  presence.state = A::STATE_AUTO_CLOSED;
  presence.check_out_time = shift.end_time;
  presence.check_out_means = A::MEANS_AUTOMATIC;
  presence.flagged = true;
  Assess(shift, policy, presence);
}

absl::Status End(db::Transaction& tx, const SettlementContext& context) {
  const auto next = NextState(context.shift.state, ShiftMove::kEnd);
  if (!next.ok()) return next.status();
  if (context.now < context.shift.end_time) return errors::FailedPrecondition(type::REASON_SHIFT_NOT_ENDED);
  if (auto status = ClosePresences(tx, context); !status.ok()) return status;
  if (auto status = LapseThoseWhoWait(tx, context); !status.ok()) return status;
  return MoveOn(tx, context, ShiftMove::kEnd);
}

absl::Status Confirm(db::Transaction& tx, const SettlementContext& context, const Vouching& vouching) {
  if (auto status = MoveOn(tx, context, ShiftMove::kConfirm); !status.ok()) return status;
  if (!vouching.without_packs) {
    if (auto status = CheckPacksReported(tx, context); !status.ok()) return status;
  }
  auto presences = AllPresences(tx, context);
  if (!presences.ok()) return presences.status();
  if (auto status = CheckVouching(*presences, vouching); !status.ok()) return status;
  const auto missing = OutcomeOfMissing(tx, context.center_id, context.shift);
  if (!missing.ok()) return missing.status();
  std::map<RegistrationState, std::vector<uint64_t>> outcomes;
  std::unordered_set<uint64_t> present;
  std::set<uint64_t> absentees;
  for (Presence& presence : *presences) {
    const bool voided = std::ranges::find(vouching.voided, presence.registration_id) != vouching.voided.end();
    ConfirmOne(context, voided, presence);
    const absl::Status stored = UpdatePresence(tx, context.center_id, presence, context.now);
    if (!stored.ok()) return stored;
    present.insert(presence.registration_id);
    const RegistrationState outcome = OutcomeOf(presence) == R::STATE_ABSENT ? *missing : OutcomeOf(presence);
    outcomes[outcome].push_back(presence.registration_id);
    if (outcome == R::STATE_ABSENT) absentees.insert(presence.volunteer_id);
  }
  const auto roster = ListRoster(tx, context.center_id, context.shift.id, R::STATE_CONFIRMED, {}, kAll);
  if (!roster.ok()) return roster.status();
  for (const Registration& registration : *roster) {
    if (present.contains(registration.id)) continue;
    outcomes[*missing].push_back(registration.id);
    if (*missing == R::STATE_ABSENT) absentees.insert(registration.volunteer_id);
  }
  for (const auto& [outcome, ids] : outcomes) {
    const absl::Status set = SetOutcome(tx, context.center_id, ids, outcome, CauseOf(context, outcome));
    if (!set.ok()) return set;
  }
  if (const auto excused = outcomes.find(R::STATE_EXCUSED); excused != outcomes.end()) {
    // They gave their places up, as everybody does who is excused.
    context.shift.taken_count -= static_cast<int>(excused->second.size());
    if (auto status = SaveCounters(tx, context.center_id, context.shift, context.now); !status.ok()) return status;
  }
  for (const uint64_t volunteer_id : absentees) {
    const absl::Status counted = RefreshLock(tx, context.center_id, volunteer_id, context.policy, context.now);
    if (!counted.ok()) return counted;
  }
  return absl::OkStatus();
}

absl::StatusOr<RegistrationState> OutcomeIn(db::Session& session, uint64_t center_id, const Shift& shift,
                                            const Presence& presence) {
  const RegistrationState outcome = OutcomeOf(presence);
  return outcome == R::STATE_ABSENT ? OutcomeOfMissing(session, center_id, shift) : outcome;
}

absl::Status CheckSameVouching(db::Transaction& tx, const SettlementContext& context, const Vouching& vouching) {
  const auto presences = AllPresences(tx, context);
  if (!presences.ok()) return presences.status();
  std::set<uint64_t> vouched, voided;
  for (const Presence& presence : *presences) {
    if (presence.state == A::STATE_VOIDED) voided.insert(presence.registration_id);
    if (presence.state == A::STATE_CONFIRMED && presence.flagged) vouched.insert(presence.registration_id);
  }
  const auto same = [](const std::vector<uint64_t>& list, const std::set<uint64_t>& made) {
    return std::set<uint64_t>(list.begin(), list.end()) == made;
  };
  if (same(vouching.vouched, vouched) && same(vouching.voided, voided)) return absl::OkStatus();
  return NextState(context.shift.state, ShiftMove::kConfirm).status();
}

absl::Status Publicize(db::Transaction& tx, const SettlementContext& context) {
  context.shift.publication_end_time = context.now + context.policy.publication();
  return MoveOn(tx, context, ShiftMove::kPublicize);
}

absl::Status LockThosePresent(db::Transaction& tx, uint64_t center_id, uint64_t shift_id) {
  const auto presences = ListPresences(tx, center_id, shift_id, 0, kAll);
  return presences.ok() ? LockPersons(tx, center_id, *presences) : presences.status();
}

absl::Status Settle(db::Transaction& tx, const SettlementContext& context, const Activity& activity,
                    uint64_t recorder_id) {
  const auto next = NextState(context.shift.state, ShiftMove::kSettle);
  if (!next.ok()) return next.status();
  const auto until = context.shift.publication_end_time;
  if (until && context.now < *until) {
    return errors::FailedPrecondition(type::REASON_PUBLICATION_RUNNING, {{"until", ChineseTime(*until)}});
  }
  if (auto status = MoveOn(tx, context, ShiftMove::kSettle); !status.ok()) return status;
  const auto presences = AllPresences(tx, context);
  if (!presences.ok()) return presences.status();
  // Whom an appeal has made present since they were locked.
  if (auto status = LockPersons(tx, context.center_id, *presences); !status.ok()) return status;
  const Word word{.center_id = context.center_id, .recorder_id = recorder_id, .now = context.now};
  std::vector<Notice> notices;
  for (const Presence& presence : *presences) {
    if (!Counts(presence)) continue;
    const HourEntry entry = EntryOf(context.shift, presence, word);
    if (auto status = TellCredit(tx, context.ids, word, context.shift, activity, entry); !status.ok()) return status;
    notices.push_back({.volunteer_id = entry.volunteer_id,
                       .kind = N::KIND_HOURS_SETTLED,
                       .source_id = entry.source_id,
                       .activity_id = activity.id,
                       .minutes = entry.minutes,
                       .create_time = context.now});
  }
  return Tell(tx, context.ids, context.center_id, notices);
}

}  // namespace wenming::activity
