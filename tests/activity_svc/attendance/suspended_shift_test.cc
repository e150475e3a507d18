// Nobody is absent from a shift in whose time the activity was suspended.
#include <gtest/gtest.h>

#include "activity_svc/attendance/shift_sweeper.h"
#include "activity_svc/names.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using M = v1::MoveActivityRequest;
using R = v1::Registration;

class SuspendedShiftTest : public ActivityTest {
 protected:
  SuspendedShiftTest() : shift_(Published(3, 0)) {
    for (uint64_t id = 1; id <= 2; ++id) {
      AddVolunteer(id);
      all_.push_back(*SignUp(id, shift_.name()));
    }
  }

  void MoveAt(M::Move move, absl::Time now) {
    v1::MoveActivityRequest request;
    request.set_name(shift_.activity());
    request.set_move(move);
    request.set_reason("暴雨");
    const auto moved = activities_.MoveActivity(Staff(kHead, now), request);
    ASSERT_TRUE(moved.ok()) << moved.status();
  }
  // Volunteer 1 was there, and nobody else.
  void ServeAndConfirm() {
    v1::CorrectAttendanceRequest there;
    there.set_registration(all_[0].name());
    *there.mutable_check_in_time() = ToProto(start_);
    *there.mutable_check_out_time() = ToProto(end_);
    there.set_reason("签到表");
    ASSERT_TRUE(attendance_.CorrectAttendance(Staff(kHead, end_), there).ok());
    ASSERT_TRUE(SweepShifts(database_.pool(), ids_, end_ + absl::Hours(2)).ok());
    ASSERT_EQ(GetShift(shift_.name()).state(), v1::Shift::STATE_ENDED) << "it ends by itself";
    v1::ConfirmShiftRequest confirm;
    confirm.set_name(shift_.name());
    const auto confirmed = attendance_.ConfirmShift(Staff(kHead, end_ + absl::Hours(3)), confirm);
    ASSERT_TRUE(confirmed.ok()) << confirmed.status();
    EXPECT_EQ(Get(all_[0]).state(), R::STATE_ATTENDED);
  }
  int64_t Absences() { return Number("SELECT absence_count FROM volunteers WHERE id = 2"); }
  void ExpectExcused() {
    ServeAndConfirm();
    const R missing = Get(all_[1]);
    EXPECT_EQ(missing.state(), R::STATE_EXCUSED);
    ASSERT_EQ(missing.moves_size(), 1);
    EXPECT_EQ(missing.moves(0).reason(), "班次期间活动暂停");
    EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations WHERE volunteer_id = 2 AND live IS NULL"), 1);
    EXPECT_EQ(GetShift(shift_.name()).taken_count(), 1);
    EXPECT_EQ(Absences(), 0);
  }

  const absl::Time end_ = start_ + absl::Hours(2);
  const v1::Shift shift_;
  std::vector<R> all_;
};

TEST_F(SuspendedShiftTest, WhatStaysSuspendedExcusesEverybodyWhoDidNotCome) {
  MoveAt(M::MOVE_SUSPEND, now_);
  ExpectExcused();
}

TEST_F(SuspendedShiftTest, SoDoesASuspensionDuringTheShift) {
  MoveAt(M::MOVE_SUSPEND, end_ - absl::Minutes(10));
  MoveAt(M::MOVE_RESUME, end_ + absl::Minutes(10));
  ExpectExcused();
}

TEST_F(SuspendedShiftTest, WhatWentOnBeforeItBeganOrWasSuspendedAfterItsEndDoesNot) {
  MoveAt(M::MOVE_SUSPEND, now_);
  MoveAt(M::MOVE_RESUME, start_);
  MoveAt(M::MOVE_SUSPEND, end_);
  ServeAndConfirm();
  EXPECT_EQ(Get(all_[1]).state(), R::STATE_ABSENT);
  EXPECT_EQ(Absences(), 1);
}

}  // namespace
}  // namespace wenming::activity
