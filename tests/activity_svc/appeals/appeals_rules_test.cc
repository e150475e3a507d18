#include "activity_svc/appeals/appeals_rules.h"

#include <gtest/gtest.h>

#include <optional>

#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using P = v1::Appeal;

TEST(AppealsRules, EveryMove) {
  struct Case {
    AppealState from;
    AppealOutcome outcome;  // UNSPECIFIED: the volunteer appeals
    AppealState to;         // UNSPECIFIED: refused
    type::Reason reason = type::REASON_UNSPECIFIED;
    bool taken_back = false;
  };
  const P::State none = P::STATE_UNSPECIFIED;
  for (const Case& c : {
           Case{none, P::OUTCOME_UNSPECIFIED, P::STATE_OPEN},
           Case{P::STATE_OPEN, P::OUTCOME_UNSPECIFIED, none, type::REASON_APPEAL_OPEN},
           Case{P::STATE_DECIDED, P::OUTCOME_UNSPECIFIED, P::STATE_REOPENED},
           Case{P::STATE_REOPENED, P::OUTCOME_UNSPECIFIED, none, type::REASON_APPEAL_OPEN},
           Case{P::STATE_FINAL, P::OUTCOME_UNSPECIFIED, none, type::REASON_APPEAL_FINAL},
           Case{P::STATE_OPEN, P::OUTCOME_UPHELD, P::STATE_FINAL},
           Case{P::STATE_OPEN, P::OUTCOME_AMENDED, P::STATE_DECIDED},
           Case{P::STATE_OPEN, P::OUTCOME_REJECTED, P::STATE_DECIDED},
           Case{P::STATE_DECIDED, P::OUTCOME_UPHELD, none, type::REASON_ALREADY_DECIDED},
           Case{P::STATE_DECIDED, P::OUTCOME_REJECTED, none, type::REASON_ALREADY_DECIDED},
           Case{P::STATE_REOPENED, P::OUTCOME_UPHELD, P::STATE_FINAL},
           Case{P::STATE_REOPENED, P::OUTCOME_AMENDED, P::STATE_FINAL},
           Case{P::STATE_REOPENED, P::OUTCOME_REJECTED, P::STATE_FINAL},
           Case{P::STATE_FINAL, P::OUTCOME_AMENDED, none, type::REASON_APPEAL_FINAL},
           Case{none, P::OUTCOME_UPHELD, none, type::REASON_ALREADY_DECIDED},
           // Hours that were taken back since open what was final, and change nothing else.
           Case{none, P::OUTCOME_UNSPECIFIED, P::STATE_OPEN, type::REASON_UNSPECIFIED, true},
           Case{P::STATE_OPEN, P::OUTCOME_UNSPECIFIED, none, type::REASON_APPEAL_OPEN, true},
           Case{P::STATE_DECIDED, P::OUTCOME_UNSPECIFIED, P::STATE_REOPENED, type::REASON_UNSPECIFIED, true},
           Case{P::STATE_REOPENED, P::OUTCOME_UNSPECIFIED, none, type::REASON_APPEAL_OPEN, true},
           Case{P::STATE_FINAL, P::OUTCOME_UNSPECIFIED, P::STATE_OPEN, type::REASON_UNSPECIFIED, true},
       }) {
    SCOPED_TRACE(P::State_Name(c.from) + " " + P::Outcome_Name(c.outcome));
    const bool appeals = c.outcome == P::OUTCOME_UNSPECIFIED;
    const auto to = appeals ? AfterAppeal(c.from, c.taken_back) : AfterDecision(c.from, c.outcome);
    EXPECT_EQ(to.ok() ? *to : none, c.to);
    EXPECT_EQ(errors::ReasonOf(to.status()), c.reason);
  }
}

TEST(AppealsRules, WhatCanBeAppealed) {
  using S = v1::Shift;
  using R = v1::Registration;
  for (const auto state : {S::STATE_OPEN, S::STATE_ENDED, S::STATE_CONFIRMED, S::STATE_CANCELLED}) {
    EXPECT_EQ(errors::ReasonOf(CheckAppealable(state, R::STATE_ATTENDED)), type::REASON_NOT_SETTLED);
  }
  for (const auto state : {S::STATE_PUBLICISED, S::STATE_SETTLED}) {
    for (const auto had : {R::STATE_ATTENDED, R::STATE_PARTIAL, R::STATE_ABSENT, R::STATE_EXCUSED}) {
      EXPECT_TRUE(CheckAppealable(state, had).ok());
    }
    for (const auto had : {R::STATE_WAITLISTED, R::STATE_LAPSED, R::STATE_CANCELLED, R::STATE_LATE_CANCELLED}) {
      EXPECT_EQ(errors::ReasonOf(CheckAppealable(state, had)), type::REASON_NO_PLACE);
    }
  }
}

TEST(AppealsRules, ClaimsAreInOrderAndWithinTheShift) {
  Shift shift;
  shift.start_time = absl::FromUnixSeconds(1'777'600'800);
  shift.end_time = shift.start_time + absl::Hours(2);
  const auto at = [&shift](int minutes) { return shift.start_time + absl::Minutes(minutes); };
  EXPECT_TRUE(CheckTimes(shift, at(0), at(120)).ok());
  EXPECT_TRUE(CheckTimes(shift, at(-30), at(1)).ok());
  EXPECT_TRUE(CheckTimes(shift, at(119), at(150)).ok());
  EXPECT_FALSE(CheckTimes(shift, at(30), at(30)).ok());
  EXPECT_FALSE(CheckTimes(shift, at(60), at(30)).ok());
  EXPECT_FALSE(CheckTimes(shift, at(-60), at(0)).ok());
  EXPECT_FALSE(CheckTimes(shift, at(120), at(150)).ok());
}

}  // namespace
}  // namespace wenming::activity
