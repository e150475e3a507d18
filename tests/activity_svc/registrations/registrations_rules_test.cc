#include "activity_svc/registrations/registrations_rules.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wenming::activity {
namespace {

using R = v1::Registration;

const absl::Time kNow = absl::FromUnixSeconds(1'777'600'800);

// Somebody who may sign up.
SignUpFacts Facts() {
  SignUpFacts facts;
  facts.shift.id = 1;
  facts.shift.start_time = kNow + absl::Hours(5);
  facts.shift.end_time = kNow + absl::Hours(7);
  facts.shift.capacity = 2;
  facts.shift.waitlist_capacity = 1;
  facts.shift.accepting = true;
  facts.volunteer.emplace();
  facts.volunteer->active = true;
  return facts;
}

struct Case {
  const char* what;
  void (*spoil)(SignUpFacts&);
  type::Reason reason;
};
const std::vector<Case>& Cases() {
  static const auto& cases = *new std::vector<Case>{
      Case{"draft", [](SignUpFacts& f) { f.shift.accepting = false; }, type::REASON_ACTIVITY_NOT_OPEN},
      Case{"closed",
           [](SignUpFacts& f) {
             f.shift.accepting = false;
             f.activity_state = v1::Activity::STATE_CLOSED;
           },
           type::REASON_SIGN_UP_CLOSED},
      Case{"begun", [](SignUpFacts& f) { f.shift.start_time = kNow; }, type::REASON_SHIFT_STARTED},
      Case{"unknown", [](SignUpFacts& f) { f.volunteer.reset(); }, type::REASON_UNKNOWN_VOLUNTEER},
      Case{"ended membership", [](SignUpFacts& f) { f.volunteer->active = false; }, type::REASON_VOLUNTEER_NOT_ACTIVE},
      Case{"too young for what is dangerous",
           [](SignUpFacts& f) {
             f.dangerous = true;
             f.volunteer->adult_from = absl::CivilDay(2040, 1, 1);
           },
           type::REASON_MINOR_DANGEROUS},
      Case{"in none of the teams",
           [](SignUpFacts& f) {
             f.shift.team_ids = {3, 4};
             f.volunteer->team_ids = {2, 5};
           },
           type::REASON_TEAM_REQUIRED},
      Case{"one skill of two",
           [](SignUpFacts& f) {
             f.shift.skills = {"急救", "驾驶"};
             f.volunteer->skills = {"驾驶"};
           },
           type::REASON_SKILLS_REQUIRED},
      Case{"locked", [](SignUpFacts& f) { f.volunteer->locked_until = kNow + absl::Seconds(1); },
           type::REASON_LOCKED_OUT},
      Case{"waits here",
           [](SignUpFacts& f) {
             f.own = {{9, 1, R::STATE_WAITLISTED}};
           },
           type::REASON_ALREADY_SIGNED_UP},
      Case{"confirmed elsewhere",
           [](SignUpFacts& f) {
             f.own = {{9, 2, R::STATE_CONFIRMED}};
           },
           type::REASON_OVERLAPPING_SHIFT},
      Case{"offered elsewhere",
           [](SignUpFacts& f) {
             f.own = {{9, 2, R::STATE_OFFERED}};
           },
           type::REASON_OVERLAPPING_SHIFT},
      Case{"was elsewhere",
           [](SignUpFacts& f) {
             f.own = {{9, 2, R::STATE_ATTENDED}};
           },
           type::REASON_OVERLAPPING_SHIFT},
      Case{"full",
           [](SignUpFacts& f) {
             f.shift.taken_count = 2;
             f.shift.waitlisted_count = 1;
           },
           type::REASON_SHIFT_FULL},
  };
  return cases;
}

TEST(RegistrationsRules, EachRuleHasItsReason) {
  for (const Case& c : Cases()) {
    SignUpFacts facts = Facts();
    c.spoil(facts);
    const auto refusals = FindRefusals(facts, kNow);
    ASSERT_EQ(refusals.size(), 1u) << c.what;
    EXPECT_EQ(refusals.front().reason, c.reason) << c.what;
    EXPECT_EQ(errors::ReasonOf(CheckSignUp(facts, kNow)), c.reason) << c.what;
  }
}

// What stands after the first "；" or "; " of a sentence.
std::string Remedy(const std::string& sentence, const std::string& mark) {
  const size_t at = sentence.find(mark);
  return at == std::string::npos ? "" : sentence.substr(at + mark.size());
}

TEST(RegistrationsRules, EveryRefusalSaysWhatWouldMakeItPass) {
  // Everything that may be wrong, in every mixture, so that no reason is left out.
  std::set<type::Reason> met;
  for (size_t mixture = 0; mixture < size_t{1} << Cases().size(); ++mixture) {
    SignUpFacts facts = Facts();
    for (size_t i = 0; i < Cases().size(); ++i) {
      if ((mixture >> i & 1) != 0 && facts.volunteer) Cases()[i].spoil(facts);
    }
    for (const Refusal& refusal : FindRefusals(facts, kNow)) {
      if (!met.insert(refusal.reason).second) continue;
      const std::string zh = errors::Text(refusal.reason, errors::Language::kChinese, refusal.metadata);
      const std::string en = errors::Text(refusal.reason, errors::Language::kEnglish, refusal.metadata);
      EXPECT_GE(Remedy(zh, "；").size(), 12u) << zh;
      EXPECT_GE(Remedy(en, "; ").size(), 10u) << en;
      for (const std::string& sentence : {zh, en}) EXPECT_EQ(sentence.find('{'), std::string::npos) << sentence;
    }
  }
  std::set<type::Reason> known;
  for (const Case& c : Cases()) known.insert(c.reason);
  EXPECT_EQ(met, known);
}

TEST(RegistrationsRules, WhatIsNoObstacle) {
  EXPECT_TRUE(CheckSignUp(Facts(), kNow).ok());
  SignUpFacts asked = Facts();
  asked.shift.team_ids = {3, 4};
  asked.shift.skills = {"急救"};
  asked.volunteer->team_ids = {4, 5};
  asked.volunteer->skills = {"驾驶", "急救"};
  asked.volunteer->locked_until = kNow;
  EXPECT_TRUE(CheckSignUp(asked, kNow).ok());
  SignUpFacts waits_elsewhere = Facts();
  waits_elsewhere.own = {{9, 2, R::STATE_WAITLISTED}};
  EXPECT_TRUE(CheckSignUp(waits_elsewhere, kNow).ok());
  SignUpFacts waiting_room = Facts();
  waiting_room.shift.taken_count = 2;
  EXPECT_TRUE(CheckSignUp(waiting_room, kNow).ok());
  SignUpFacts free_but_others_wait = Facts();
  free_but_others_wait.shift.taken_count = 1;
  free_but_others_wait.shift.waitlisted_count = 1;
  EXPECT_EQ(errors::ReasonOf(CheckSignUp(free_but_others_wait, kNow)), type::REASON_SHIFT_FULL);
}

TEST(RegistrationsRules, EveryStateTimesEveryMove) {
  const std::set<std::pair<RegistrationState, RegistrationMove>> allowed = {
      {R::STATE_CONFIRMED, RegistrationMove::kCancel}, {R::STATE_WAITLISTED, RegistrationMove::kCancel},
      {R::STATE_OFFERED, RegistrationMove::kCancel},   {R::STATE_OFFERED, RegistrationMove::kAccept},
      {R::STATE_OFFERED, RegistrationMove::kDecline},  {R::STATE_CONFIRMED, RegistrationMove::kExcuse},
      {R::STATE_ABSENT, RegistrationMove::kExcuse},    {R::STATE_CONFIRMED, RegistrationMove::kHandOver},
  };
  for (int state = R::STATE_CONFIRMED; state <= R::State_MAX; ++state) {
    for (const auto move : {RegistrationMove::kCancel, RegistrationMove::kAccept, RegistrationMove::kDecline,
                            RegistrationMove::kExcuse, RegistrationMove::kHandOver}) {
      const auto from = static_cast<RegistrationState>(state);
      const absl::Status status = CheckMove(from, move);
      EXPECT_EQ(status.ok(), allowed.contains({from, move})) << R::State_Name(from) << " " << ChineseName(move);
      if (!status.ok()) {
        EXPECT_EQ(errors::ReasonOf(status), type::REASON_MOVE_NOT_ALLOWED);
      }
    }
  }
}

TEST(RegistrationsRules, TheCutOffDecidesHowACancellationIsKept) {
  Registration registration;
  registration.start_time = kNow;
  const Policy policy;  // three hours
  EXPECT_EQ(*StateAfterCancel(registration, policy, kNow - absl::Hours(3)), R::STATE_CANCELLED);
  EXPECT_EQ(*StateAfterCancel(registration, policy, kNow - absl::Hours(3) + absl::Seconds(1)), R::STATE_LATE_CANCELLED);
  EXPECT_EQ(errors::ReasonOf(StateAfterCancel(registration, policy, kNow).status()), type::REASON_SHIFT_STARTED);
  registration.state = R::STATE_WAITLISTED;
  EXPECT_EQ(*StateAfterCancel(registration, policy, kNow - absl::Minutes(1)), R::STATE_CANCELLED);
}

TEST(RegistrationsRules, AnOfferNeverOutlivesTheStart) {
  const SignUpFacts facts = Facts();
  EXPECT_EQ(OfferExpiry(facts.shift, Policy(), kNow), kNow + absl::Hours(2));
  EXPECT_EQ(OfferExpiry(facts.shift, Policy(), kNow + absl::Hours(4)), facts.shift.start_time);
}

}  // namespace
}  // namespace wenming::activity
