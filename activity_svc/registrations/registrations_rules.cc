#include "activity_svc/registrations/registrations_rules.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
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
    {R::STATE_OFFERED, RegistrationMove::kDecline},
};

const char* EnglishName(RegistrationMove move) {
  static constexpr const char* kNames[] = {"CANCEL", "ACCEPT_OFFER", "DECLINE_OFFER"};
  return kNames[static_cast<size_t>(move)];
}

Refusal NotOpen(const std::optional<ActivityState>& state) {
  const bool was_open = state && (*state == v1::Activity::STATE_CLOSED || *state == v1::Activity::STATE_IN_PROGRESS ||
                                  *state == v1::Activity::STATE_ENDED);
  return {was_open ? type::REASON_SIGN_UP_CLOSED : type::REASON_ACTIVITY_NOT_OPEN};
}

bool HoldsPlace(RegistrationState state) { return state != R::STATE_WAITLISTED; }

absl::Status AsStatus(const Refusal& refusal) {
  if (refusal.reason == type::REASON_ALREADY_SIGNED_UP) return errors::AlreadyExists(refusal.reason, refusal.metadata);
  return errors::FailedPrecondition(refusal.reason, refusal.metadata);
}

}  // namespace

std::vector<Refusal> FindRefusals(const SignUpFacts& facts, absl::Time now) {
  std::vector<Refusal> refusals;
  const Shift& shift = facts.shift;
  if (!shift.accepting || shift.state != v1::Shift::STATE_OPEN) refusals.push_back(NotOpen(facts.activity_state));
  if (now >= shift.start_time) refusals.push_back({type::REASON_SHIFT_STARTED});
  if (!facts.volunteer) {
    refusals.push_back({type::REASON_UNKNOWN_VOLUNTEER});
  } else if (!facts.volunteer->active) {
    refusals.push_back({type::REASON_VOLUNTEER_NOT_ACTIVE});
  }
  for (const OwnRegistration& own : facts.own) {
    if (own.shift_id == shift.id) {
      refusals.push_back({type::REASON_ALREADY_SIGNED_UP});
    } else if (HoldsPlace(own.state)) {
      refusals.push_back({type::REASON_OVERLAPPING_SHIFT, {{"shift", ids::ResourceName("shifts", own.shift_id)}}});
    }
  }
  if (!shift.HasPlace() && !shift.HasWaitingRoom()) refusals.push_back({type::REASON_SHIFT_FULL});
  return refusals;
}

absl::Status CheckSignUp(const SignUpFacts& facts, absl::Time now) {
  const auto refusals = FindRefusals(facts, now);
  return refusals.empty() ? absl::OkStatus() : AsStatus(refusals.front());
}

absl::Status CheckNoOverlap(const std::vector<OwnRegistration>& own, uint64_t shift_id) {
  for (const OwnRegistration& other : own) {
    if (other.shift_id == shift_id || !HoldsPlace(other.state)) continue;
    return AsStatus({type::REASON_OVERLAPPING_SHIFT, {{"shift", ids::ResourceName("shifts", other.shift_id)}}});
  }
  return absl::OkStatus();
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
                                                "部分参加", "缺席",   "已请假"};
  static_assert(std::size(kNames) == R::State_ARRAYSIZE);
  return kNames[R::State_IsValid(state) ? state : 0];
}

std::string_view ChineseName(RegistrationMove move) {
  static constexpr std::string_view kNames[] = {"取消报名", "接受候补名额", "放弃候补名额"};
  return kNames[static_cast<size_t>(move)];
}

}  // namespace wenming::activity
