#include "activity_svc/registrations/departure.h"

#include <gtest/gtest.h>

#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

class DepartureTest : public ActivityTest {
 protected:
  DepartureTest() {
    for (uint64_t id = 1; id <= 4; ++id) AddVolunteer(id);
  }
  absl::Status Tell(uint64_t id, bool active, absl::Time now, int64_t cursor = 0) {
    volunteer::v1::VolunteerChanged changed;
    changed.set_volunteer_id(id);
    changed.set_number("HT000001");
    changed.set_masked_name("王*明");
    changed.set_unit_id(kStation);
    changed.set_active(active);
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.set_cursor(cursor);
    event.mutable_payload()->PackFrom(changed);
    return db::RunTransaction(database_.pool(), {},
                              [&](db::Transaction& tx) { return FollowVolunteer(tx, event, now); });
  }
};

TEST_F(DepartureTest, WhoeverLeavesGivesUpWhatIsToCome) {
  const v1::Shift first = Published(1, 2);
  const v1::Shift second = PublishedAt(start_ + absl::Hours(48), absl::Hours(2), 1, 2);
  const auto place = SignUp(1, first.name());
  const auto next = SignUp(2, first.name());
  const auto other = SignUp(3, second.name());
  const auto waits = SignUp(1, second.name());
  ASSERT_TRUE(place.ok() && next.ok() && other.ok() && waits.ok());
  ASSERT_TRUE(Tell(1, true, now_).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
  ASSERT_TRUE(Tell(1, false, now_).ok());
  ASSERT_TRUE(Tell(1, false, now_).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CANCELLED);
  EXPECT_EQ(Get(*next).state(), R::STATE_OFFERED);
  EXPECT_EQ(GetShift(first.name()).taken_count(), 1);
  EXPECT_EQ(Get(*waits).state(), R::STATE_CANCELLED);
  EXPECT_EQ(GetShift(second.name()).waitlisted_count(), 0);
  ASSERT_TRUE(Cancel(*other, now_).ok());
  const auto late = SignUp(4, second.name());
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->state(), R::STATE_CONFIRMED);  // nobody who left stands in the way
}

// As after the consumer's cursor was set back: what is told once more was overtaken by what came after it.
TEST_F(DepartureTest, WhoeverCameBackKeepsHisPlaceWhenTheDepartureIsToldAgain) {
  ASSERT_TRUE(Tell(1, false, now_, 3).ok());
  ASSERT_TRUE(Tell(1, true, now_, 4).ok());
  const auto place = SignUp(1, Published(1, 2).name());
  ASSERT_TRUE(place.ok()) << place.status();
  ASSERT_TRUE(Tell(1, false, now_, 3).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
  ASSERT_TRUE(Tell(1, true, now_, 4).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
}

TEST_F(DepartureTest, WhatHasBegunIsLeftToAttendance) {
  const v1::Shift shift = Published(1, 1);
  const auto place = SignUp(1, shift.name());
  ASSERT_TRUE(place.ok()) << place.status();
  ASSERT_TRUE(Tell(1, false, start_).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
}

}  // namespace
}  // namespace wenming::activity
