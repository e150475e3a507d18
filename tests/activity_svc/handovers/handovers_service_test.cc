#include "activity_svc/handovers/handovers_service.h"

#include <gtest/gtest.h>

#include <string>

#include "activity_svc/handovers/handover_sweeper.h"
#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using H = v1::Handover;
using R = v1::Registration;

class HandoversTest : public ActivityTest {
 protected:
  HandoversTest() {
    for (uint64_t id = 1; id <= 4; ++id) AddVolunteer(id);
  }

  absl::StatusOr<H> Propose(const v1::Registration& given, uint64_t taker, const std::string& wanted = "",
                            const std::string& request_id = "") {
    v1::CreateHandoverRequest request;
    request.set_parent(given.name());
    request.mutable_handover()->set_taker_number("HT" + std::to_string(taker));
    request.mutable_handover()->set_wanted_shift(wanted);
    request.set_request_id(request_id);
    return handovers_.CreateHandover(Person(VolunteerOf(given), now_), request);
  }
  absl::StatusOr<H> Accept(uint64_t volunteer, const H& handover, absl::Time now) {
    v1::AcceptHandoverRequest request;
    request.set_name(handover.name());
    return handovers_.AcceptHandover(Person(volunteer, now), request);
  }
  absl::StatusOr<H> Accept(uint64_t volunteer, const H& handover) { return Accept(volunteer, handover, now_); }
  absl::StatusOr<H> Decline(uint64_t volunteer, const H& handover) {
    v1::DeclineHandoverRequest request;
    request.set_name(handover.name());
    return handovers_.DeclineHandover(Person(volunteer, now_), request);
  }
  absl::StatusOr<H> Withdraw(uint64_t volunteer, const H& handover) {
    v1::WithdrawHandoverRequest request;
    request.set_name(handover.name());
    return handovers_.WithdrawHandover(Person(volunteer, now_), request);
  }
  // The state of the person's newest registration, and where it is.
  std::pair<std::string, R::State> Newest(uint64_t volunteer) {
    const auto mine = registrations_.ListMyRegistrations(Person(volunteer, now_), {});
    EXPECT_TRUE(mine.ok() && mine->registrations_size() > 0);
    return {mine->registrations(0).shift(), mine->registrations(0).state()};
  }
};

TEST_F(HandoversTest, AStandInTakesThePlaceAndTheWaitingListDoesNotMove) {
  const v1::Shift shift = Published(1, 1);
  const v1::Registration given = *SignUp(1, shift.name());
  const v1::Registration waiting = *SignUp(2, shift.name());
  const auto proposed = Propose(given, 3, "", "request-0001");
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(Propose(given, 3, "", "request-0001")->name(), proposed->name());
  EXPECT_EQ(ReasonOf(Propose(given, 4)), type::REASON_ALREADY_EXISTS);
  EXPECT_EQ(proposed->taker_masked_name(), "");
  EXPECT_EQ(FromProto(proposed->expire_time()), now_ + absl::Hours(24));
  EXPECT_EQ(ReasonOf(Accept(4, *proposed)), type::REASON_NOT_YOURS);
  const auto accepted = Accept(3, *proposed);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), H::STATE_ACCEPTED);
  EXPECT_EQ(Get(given).state(), R::STATE_SWAPPED);
  EXPECT_EQ(Newest(3), std::make_pair(shift.name(), R::STATE_CONFIRMED));
  EXPECT_EQ(Get(waiting).state(), R::STATE_WAITLISTED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  EXPECT_TRUE(Accept(3, *proposed).ok());  // a repetition changes nothing
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations"), 3);
}

TEST_F(HandoversTest, TwoPeopleExchangeShiftsThatOverlap) {
  const v1::Shift morning = Published(1, 0);
  const v1::Shift beside = PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 1, 0);
  const v1::Registration first = *SignUp(1, morning.name());
  const v1::Registration second = *SignUp(2, beside.name());
  const auto proposed = Propose(first, 2, beside.name());
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  const auto accepted = Accept(2, *proposed);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(Newest(1), std::make_pair(beside.name(), R::STATE_CONFIRMED));
  EXPECT_EQ(Newest(2), std::make_pair(morning.name(), R::STATE_CONFIRMED));
  EXPECT_EQ(Get(first).state(), R::STATE_SWAPPED);
  EXPECT_EQ(Get(second).state(), R::STATE_SWAPPED);
  EXPECT_EQ(GetShift(morning.name()).taken_count(), 1);
  EXPECT_EQ(GetShift(beside.name()).taken_count(), 1);
}

TEST_F(HandoversTest, WhoeverTakesOverMeetsEveryRule) {
  const v1::Shift shift = Published(2, 0);
  const v1::Shift beside = PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 5, 0);
  const v1::Registration given = *SignUp(1, shift.name());
  ASSERT_TRUE(SignUp(2, beside.name()).ok());
  const H to_busy = *Propose(given, 2);
  EXPECT_EQ(ReasonOf(Accept(2, to_busy)), type::REASON_OVERLAPPING_SHIFT);
  ASSERT_TRUE(Decline(2, to_busy).ok());
  const H to_locked = *Propose(given, 3);
  database_.Administer("UPDATE " + database_.schema() + ".volunteers SET locked_until_time = " +
                       std::to_string(absl::ToUnixMicros(now_ + absl::Hours(1))) + " WHERE id = 3");
  EXPECT_EQ(ReasonOf(Accept(3, to_locked)), type::REASON_LOCKED_OUT);
  ASSERT_TRUE(Withdraw(1, to_locked).ok());
  AddVolunteer(4, false);
  const H to_gone = *Propose(given, 4);
  EXPECT_EQ(ReasonOf(Accept(4, to_gone)), type::REASON_VOLUNTEER_NOT_ACTIVE);
  ASSERT_TRUE(Withdraw(1, to_gone).ok());
  database_.Administer("UPDATE " + database_.schema() + ".shifts SET skills = '急救'");
  const H unskilled = *Propose(given, 3);
  database_.Administer("UPDATE " + database_.schema() + ".volunteers SET locked_until_time = NULL");
  EXPECT_EQ(ReasonOf(Accept(3, unskilled)), type::REASON_SKILLS_REQUIRED);
  EXPECT_EQ(Get(given).state(), R::STATE_CONFIRMED);
}

TEST_F(HandoversTest, WhatCannotBeGivenOrTaken) {
  const v1::Shift shift = Published(1, 1);
  const v1::Shift later = PublishedAt(start_ + absl::Hours(5), absl::Hours(2), 1, 1);
  const v1::Registration given = *SignUp(1, shift.name());
  const v1::Registration waiting = *SignUp(2, shift.name());
  EXPECT_EQ(ReasonOf(Propose(waiting, 3)), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Propose(given, 1)), type::REASON_HANDOVER_SELF);
  EXPECT_EQ(ReasonOf(Propose(given, 77)), type::REASON_UNKNOWN_REFERENCE);
  EXPECT_EQ(ReasonOf(Propose(given, 3, shift.name())), type::REASON_UNKNOWN_VALUE);
  // In the other shift the other has nothing, or only waits; that is told to him alone.
  const H swap = *Propose(given, 3, later.name());
  EXPECT_EQ(ReasonOf(Accept(3, swap)), type::REASON_NO_PLACE);
  ASSERT_TRUE(SignUp(4, later.name()).ok());
  ASSERT_TRUE(SignUp(3, later.name()).ok());
  EXPECT_EQ(ReasonOf(Accept(3, swap)), type::REASON_NO_PLACE);
  // The place was given back meanwhile.
  ASSERT_TRUE(Cancel(given, now_).ok());
  EXPECT_EQ(ReasonOf(Accept(3, swap)), type::REASON_NO_HANDOVER);
}

TEST_F(HandoversTest, AProposalLapsesByItself) {
  const v1::Shift shift = Published(1, 0);
  const v1::Registration given = *SignUp(1, shift.name());
  const H proposed = *Propose(given, 2);
  const absl::Time due = FromProto(proposed.expire_time());
  EXPECT_EQ(*SweepHandovers(database_.pool(), ids_, now_), due);
  EXPECT_EQ(ReasonOf(Accept(2, proposed, due)), type::REASON_HANDOVER_LAPSED);
  ASSERT_TRUE(SweepHandovers(database_.pool(), ids_, due).ok());
  EXPECT_EQ(*SweepHandovers(database_.pool(), ids_, due), absl::InfiniteFuture());
  const auto mine = handovers_.ListMyHandovers(Person(1, now_), {});
  ASSERT_EQ(mine->handovers_size(), 1);
  EXPECT_EQ(mine->handovers(0).state(), H::STATE_LAPSED);
  EXPECT_EQ(ReasonOf(Accept(2, proposed)), type::REASON_HANDOVER_LAPSED);
  EXPECT_EQ(ReasonOf(Decline(2, proposed)), type::REASON_NO_HANDOVER);
  EXPECT_TRUE(Propose(given, 3).ok());
}

TEST_F(HandoversTest, BothListWhatConcernsThemNewestFirst) {
  const v1::Shift shift = Published(2, 0);
  const v1::Registration first = *SignUp(1, shift.name()), second = *SignUp(2, shift.name());
  const H a = *Propose(first, 3);
  const H b = *Propose(second, 1);
  v1::ListMyHandoversRequest request;
  request.set_page_size(1);
  const auto page = handovers_.ListMyHandovers(Person(1, now_), request);
  ASSERT_EQ(page->handovers_size(), 1);
  EXPECT_EQ(page->handovers(0).name(), b.name());
  EXPECT_EQ(page->handovers(0).taker_masked_name(), "王*明");
  request.set_page_token(page->next_page_token());
  EXPECT_EQ(handovers_.ListMyHandovers(Person(1, now_), request)->handovers(0).name(), a.name());
  EXPECT_EQ(handovers_.ListMyHandovers(Person(4, now_), {})->handovers_size(), 0);
}

}  // namespace
}  // namespace wenming::activity
