// Whoever is a volunteer too does not decide about his own hours, whichever step it is.
#include <gtest/gtest.h>

#include "activity_svc/names.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

class FourEyesTest : public ActivityTest {
 protected:
  FourEyesTest() : shift_(Published(3, 0)) {
    for (uint64_t id = 1; id <= 3; ++id) {
      AddVolunteer(id);
      all_.push_back(*SignUp(id, shift_.name()));
    }
    // The administrator is volunteer 1, and may do everything at the center.
    directory_.AddStaff(kAdmin, kCenter, {{"admin", kCenter}}, false, 1);
  }

  absl::StatusOr<v1::Attendance> Correct(uint64_t staff, size_t who) {
    v1::CorrectAttendanceRequest request;
    request.set_registration(all_[who].name());
    *request.mutable_check_in_time() = ToProto(start_);
    *request.mutable_check_out_time() = ToProto(end_);
    request.set_reason("手机没电");
    return attendance_.CorrectAttendance(Staff(staff, end_), request);
  }
  absl::StatusOr<v1::Shift> End(uint64_t staff) {
    v1::EndShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.EndShift(Staff(staff, end_), request);
  }
  absl::StatusOr<v1::Shift> Confirm(uint64_t staff) {
    v1::ConfirmShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.ConfirmShift(Staff(staff, end_ + absl::Hours(1)), request);
  }
  absl::StatusOr<v1::Shift> Publicize(uint64_t staff) {
    v1::PublicizeShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.PublicizeShift(Staff(staff, end_ + absl::Hours(2)), request);
  }
  absl::StatusOr<v1::Shift> Settle(uint64_t staff) {
    v1::SettleShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.SettleShift(Staff(staff, end_ + absl::Hours(24 * 30)), request);
  }

  const absl::Time end_ = start_ + absl::Hours(2);
  const v1::Shift shift_;
  std::vector<v1::Registration> all_;
};

TEST_F(FourEyesTest, EachStepOnOnesOwnHoursNeedsSomebodyElse) {
  EXPECT_EQ(ReasonOf(Correct(kAdmin, 0)), type::REASON_OWN_BENEFIT);
  EXPECT_TRUE(Correct(kAdmin, 1).ok()) << "another's presence is nobody's own";
  EXPECT_TRUE(Correct(kHead, 0).ok());
  EXPECT_TRUE(End(kAdmin).ok()) << "that a shift is over benefits nobody";
  EXPECT_EQ(ReasonOf(Confirm(kAdmin)), type::REASON_OWN_BENEFIT);
  EXPECT_EQ(Confirm(kAdmin).status().code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Confirm(kHead).ok());
  EXPECT_EQ(ReasonOf(Publicize(kAdmin)), type::REASON_OWN_BENEFIT);
  ASSERT_TRUE(Publicize(kApprover).ok());
  EXPECT_EQ(ReasonOf(Settle(kAdmin)), type::REASON_OWN_BENEFIT);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox WHERE payload_type LIKE '%HoursSettled'"), 0);
  ASSERT_TRUE(Settle(kApprover).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox WHERE payload_type LIKE '%HoursSettled'"), 2);
}

TEST_F(FourEyesTest, WhoDoesNotTakePartDecides) {
  ASSERT_TRUE(Cancel(all_[0], now_).ok());
  EXPECT_TRUE(Correct(kAdmin, 1).ok());
  EXPECT_TRUE(End(kAdmin).ok());
  EXPECT_TRUE(Confirm(kAdmin).ok());
  EXPECT_TRUE(Publicize(kAdmin).ok());
  EXPECT_TRUE(Settle(kAdmin).ok());
}

}  // namespace
}  // namespace wenming::activity
