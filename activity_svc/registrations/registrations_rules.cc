#include "activity_svc/registrations/registrations_rules.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "activity_svc/calendars/working_days.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

struct Allowed {
  RegistrationState from;
  RegistrationMove move;
};

constexpr Allowed kAllowed[] = {
    {R::STATE_CONFIRMED, RegistrationMove::kCancel}, {R::STATE_WAITLISTED, RegistrationMove::kCancel},
    {R::STATE_OFFERED, RegistrationMove::kCancel},   {R::STATE_OFFERED, RegistrationMove::kAccept},
    {R::STATE_OFFERED, RegistrationMove::kDecline},  {R::STATE_CONFIRMED, RegistrationMove::kExcuse},
    {R::STATE_ABSENT, RegistrationMove::kExcuse},    {R::STATE_CONFIRMED, RegistrationMove::kHandOver},
};

const char* EnglishName(RegistrationMove move) {
  static constexpr const char* kNames[] = {"CANCEL", "ACCEPT_OFFER", "DECLINE_OFFER", "EXCUSE", "HAND_OVER"};
  return kNames[static_cast<size_t>(move)];
}

Refusal NotOpen(const std::optional<ActivityState>& state) {
  const bool was_open = state && (*state == v1::Activity::STATE_CLOSED || *state == v1::Activity::STATE_IN_PROGRESS ||
                                  *state == v1::Activity::STATE_ENDED);
  return {was_open ? type::REASON_SIGN_UP_CLOSED : type::REASON_ACTIVITY_NOT_OPEN};
}

bool HoldsPlace(RegistrationState state) { return state != R::STATE_WAITLISTED; }

std::vector<std::string> MissingSkills(const Volunteer& volunteer, const Shift& shift) {
  std::vector<std::string> missing;
  for (const std::string& skill : shift.skills) {
    if (std::ranges::find(volunteer.skills, skill) == volunteer.skills.end()) missing.push_back(skill);
  }
  return missing;
}

Refusal TeamRequired(const Shift& shift) {
  const auto name = [](std::string* out, uint64_t id) { out->append(ids::ResourceName("teams", id)); };
  return {type::REASON_TEAM_REQUIRED, {{"teams", absl::StrJoin(shift.team_ids, ", ", name)}}};
}

// What the shift asks of an active person.
void AddDemands(const Shift& shift, const Volunteer& volunteer, bool dangerous, absl::Time now,
                std::vector<Refusal>& refusals) {
  if (!CheckAge(volunteer, dangerous, shift.start_time).ok()) refusals.push_back({type::REASON_MINOR_DANGEROUS});
  if (!BelongsTo(volunteer, shift)) refusals.push_back(TeamRequired(shift));
  const std::vector<std::string> missing = MissingSkills(volunteer, shift);
  if (!missing.empty()) refusals.push_back({type::REASON_SKILLS_REQUIRED, {{"skills", absl::StrJoin(missing, "、")}}});
  if (volunteer.locked_until && now < *volunteer.locked_until) {
    refusals.push_back(
        {type::REASON_LOCKED_OUT,
         {{"count", std::to_string(volunteer.absences)}, {"until", ChineseTime(*volunteer.locked_until)}}});
  }
}

}  // namespace

std::vector<Refusal> FindRefusalsOfPerson(const SignUpFacts& facts, absl::Time now) {
  std::vector<Refusal> refusals;
  const Shift& shift = facts.shift;
  if (!facts.volunteer) {
    refusals.push_back({type::REASON_UNKNOWN_VOLUNTEER});
  } else if (!facts.volunteer->active) {
    refusals.push_back({type::REASON_VOLUNTEER_NOT_ACTIVE});
  } else {
    AddDemands(shift, *facts.volunteer, facts.dangerous, now, refusals);
  }
  const auto here = [&shift](const OwnRegistration& own) { return own.shift_id == shift.id; };
  if (std::ranges::any_of(facts.own, here)) refusals.push_back({type::REASON_ALREADY_SIGNED_UP});
  for (const OwnRegistration& own : facts.own) {
    if (here(own) || !HoldsPlace(own.state)) continue;
    refusals.push_back({type::REASON_OVERLAPPING_SHIFT, {{"shift", ids::ResourceName("shifts", own.shift_id)}}});
  }
  return refusals;
}

std::vector<Refusal> FindRefusals(const SignUpFacts& facts, absl::Time now) {
  std::vector<Refusal> refusals;
  const Shift& shift = facts.shift;
  if (!shift.accepting || shift.state != v1::Shift::STATE_OPEN) refusals.push_back(NotOpen(facts.activity_state));
  if (now >= shift.start_time) refusals.push_back({type::REASON_SHIFT_STARTED});
  std::ranges::move(FindRefusalsOfPerson(facts, now), std::back_inserter(refusals));
  if (!shift.HasPlace() && !shift.HasWaitingRoom()) refusals.push_back({type::REASON_SHIFT_FULL});
  return refusals;
}

bool BelongsTo(const Volunteer& volunteer, const Shift& shift) {
  return shift.team_ids.empty() ||
         std::ranges::find_first_of(volunteer.team_ids, shift.team_ids) != volunteer.team_ids.end();
}

bool HasSkills(const Volunteer& volunteer, const Shift& shift) { return MissingSkills(volunteer, shift).empty(); }

absl::Status FirstOf(const std::vector<Refusal>& refusals) {
  if (refusals.empty()) return absl::OkStatus();
  const Refusal& refusal = refusals.front();
  if (refusal.reason == type::REASON_ALREADY_SIGNED_UP) return errors::AlreadyExists(refusal.reason, refusal.metadata);
  return errors::FailedPrecondition(refusal.reason, refusal.metadata);
}

absl::Status CheckSignUp(const SignUpFacts& facts, absl::Time now) { return FirstOf(FindRefusals(facts, now)); }

absl::Status CheckAge(const Volunteer& volunteer, bool dangerous, absl::Time start) {
  if (!dangerous || !volunteer.MinorAt(start)) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_MINOR_DANGEROUS);
}

absl::Status CheckMove(RegistrationState from, RegistrationMove move) {
  std::string zh, en;
  for (const Allowed& allowed : kAllowed) {
    if (allowed.from != from) continue;
    if (allowed.move == move) return absl::OkStatus();
    const std::string_view name = ChineseName(allowed.move);
    absl::StrAppend(&zh, zh.empty() ? "" : "、", absl::string_view(name.data(), name.size()));
    absl::StrAppend(&en, en.empty() ? "" : ", ", EnglishName(allowed.move));
  }
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", std::string(absl::StripPrefix(R::State_Name(from), "STATE_"))},
                                     {"state_zh", std::string(ChineseName(from))},
                                     {"allowed", en.empty() ? "nothing" : en},
                                     {"allowed_zh", zh.empty() ? "无" : zh}});
}

bool AlreadyMade(RegistrationState state, RegistrationMove move) {
  switch (move) {
    case RegistrationMove::kCancel:
      return state == R::STATE_CANCELLED || state == R::STATE_LATE_CANCELLED;
    case RegistrationMove::kAccept:
      return state == R::STATE_CONFIRMED;
    case RegistrationMove::kDecline:
      return state == R::STATE_LAPSED;
    case RegistrationMove::kExcuse:
      return state == R::STATE_EXCUSED;
    case RegistrationMove::kHandOver:
      return state == R::STATE_SWAPPED;
  }
  return false;
}

absl::StatusOr<RegistrationState> StateAfterCancel(const Registration& registration, const Policy& policy,
                                                   absl::Time now) {
  if (auto status = CheckMove(registration.state, RegistrationMove::kCancel); !status.ok()) return status;
  // Who only waits, or was only asked, owes nothing.
  if (registration.state != R::STATE_CONFIRMED) return R::STATE_CANCELLED;
  if (now >= registration.start_time) return errors::FailedPrecondition(type::REASON_SHIFT_STARTED);
  return now <= registration.start_time - policy.cancel_cutoff() ? R::STATE_CANCELLED : R::STATE_LATE_CANCELLED;
}

absl::Time OfferExpiry(const Shift& shift, const Policy& policy, absl::Time now) {
  return std::min(now + policy.offer(), shift.start_time);
}

bool OfferLapsed(const Registration& registration, absl::Time now) {
  return registration.state == R::STATE_OFFERED && registration.offer_expire_time &&
         now >= *registration.offer_expire_time;
}

std::string_view ChineseName(RegistrationState state) {
  static constexpr std::string_view kNames[] = {"未知",     "已确认", "候补中",     "待确认候补名额",
                                                "已放弃",   "已取消", "截止后取消", "已参加",
                                                "部分参加", "缺席",   "已请假",     "已换班"};
  static_assert(std::size(kNames) == R::State_ARRAYSIZE);
  return kNames[R::State_IsValid(state) ? state : 0];
}

std::string_view ChineseName(RegistrationMove move) {
  static constexpr std::string_view kNames[] = {"取消报名", "接受候补名额", "放弃候补名额", "准假", "换班或替班"};
  return kNames[static_cast<size_t>(move)];
}

}  // namespace wenming::activity
