// What can be put right between the confirmation of a shift and its settlement, and by whom.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "activity_svc/notices/notices_service.h"
#include "tests/activity_svc/settlements/hours_fixture.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;
using R = v1::Registration;

// Runs attendances at the institute, like kAdmin at the center.
constexpr uint64_t kFifth = 0x24;

class LateCorrectionTest : public HoursTest {
 protected:
  LateCorrectionTest() {
    directory_.AddStaff(kFifth, kCenter, {{"admin", kInstitute}});
    Attend(0, absl::Hours(2));
    Attend(1, absl::Minutes(60));  // counts for nothing
  }
  void Confirm() {
    v1::EndShiftRequest end;
    end.set_name(shift_.name());
    ASSERT_TRUE(attendance_.EndShift(Staff(kHead, public_), end).ok());
    v1::ConfirmShiftRequest confirm;
    confirm.set_name(shift_.name());
    ASSERT_TRUE(attendance_.ConfirmShift(Staff(kHead, public_), confirm).ok());
  }
  void PutInPublic() {
    v1::PublicizeShiftRequest publicize;
    publicize.set_name(shift_.name());
    ASSERT_TRUE(attendance_.PublicizeShift(Staff(kApprover, public_), publicize).ok());
  }
  v1::CorrectAttendanceRequest About(size_t who) const {
    v1::CorrectAttendanceRequest request;
    request.set_registration(all_[who].name());
    request.set_reason("抽查录像");
    return request;
  }
  absl::StatusOr<A> Void(uint64_t staff, size_t who, const std::string& request_id = "") {
    v1::CorrectAttendanceRequest request = About(who);
    request.set_voided(true);
    request.set_request_id(request_id);
    return attendance_.CorrectAttendance(Staff(staff, public_), request);
  }
  absl::StatusOr<A> Correct(uint64_t staff, size_t who, absl::Duration stayed) {
    v1::CorrectAttendanceRequest request = About(who);
    *request.mutable_check_in_time() = ToProto(start_);
    *request.mutable_check_out_time() = ToProto(start_ + stayed);
    return attendance_.CorrectAttendance(Staff(staff, public_), request);
  }
  std::vector<v1::Notice> NoticesOf(uint64_t volunteer) {
    NoticesService notices(dependencies_);
    const auto page = notices.ListMyNotices(Person(volunteer, settled_), {});
    EXPECT_TRUE(page.ok()) << page.status();
    return {page->notices().begin(), page->notices().end()};
  }
  int64_t Absences(uint64_t volunteer) {
    return Number("SELECT absence_count FROM volunteers WHERE id = " + std::to_string(volunteer));
  }
};

TEST_F(LateCorrectionTest, WhatWasConfirmedIsVoidedByWhoHadNoHandInIt) {
  Confirm();
  const int64_t records = Number("SELECT COUNT(*) FROM audit_pending");
  directory_.AddStaff(kThird, kCenter, {{"admin", kCenter}}, false, 1);
  EXPECT_EQ(ReasonOf(Void(kHead, 0)), type::REASON_TAKEN_PART) << "has confirmed";
  EXPECT_EQ(ReasonOf(Void(kStranger, 0)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Void(kThird, 0)), type::REASON_OWN_BENEFIT);
  EXPECT_EQ(ReasonOf(Void(kAdmin, 2)), type::REASON_NOT_CHECKED_IN) << "there is nothing to void";
  const auto voided = Void(kAdmin, 0);
  ASSERT_TRUE(voided.ok()) << voided.status();
  EXPECT_EQ(voided->state(), A::STATE_VOIDED);
  EXPECT_EQ(voided->minutes(), 0);
  EXPECT_EQ(voided->reason(), "抽查录像");
  EXPECT_EQ(Get(all_[0]).state(), R::STATE_ABSENT);
  EXPECT_EQ(Absences(1), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE reason = '抽查录像' AND old_minutes = 120"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), records + 1) << "one record, none of a refusal";
  const auto told = NoticesOf(1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind(), v1::Notice::KIND_HOURS_CORRECTED);
  EXPECT_EQ(told[0].source(), all_[0].name());
  EXPECT_EQ(told[0].minutes(), 0);
  EXPECT_NE(told[0].text().find("抽查录像"), std::string::npos);
  PutInPublic();
  SettleShift(settled_);
  EXPECT_TRUE(Ledger().empty());
}

TEST_F(LateCorrectionTest, WhatIsInPublicIsCorrected) {
  Confirm();
  PutInPublic();
  EXPECT_EQ(ReasonOf(Correct(kApprover, 1, absl::Hours(2))), type::REASON_PERMISSION);
  const auto corrected = Correct(kAdmin, 1, absl::Hours(2));
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->state(), A::STATE_CORRECTED);
  EXPECT_EQ(corrected->minutes(), 120);
  EXPECT_EQ(Get(all_[1]).state(), R::STATE_ATTENDED);
  EXPECT_EQ(NoticesOf(2)[0].minutes(), 120);
  EXPECT_EQ(ReasonOf(Correct(kAdmin, 1, absl::Minutes(110))), type::REASON_TAKEN_PART) << "has corrected it";
  ASSERT_TRUE(Correct(kFifth, 1, absl::Minutes(110)).ok());
  EXPECT_EQ(ReasonOf(Correct(kFifth, 0, absl::ZeroDuration())), type::REASON_TIME_ORDER);
  // Who was on no list was there after all, and is not absent.
  EXPECT_EQ(Absences(3), 1);
  ASSERT_TRUE(Correct(kFifth, 2, absl::Hours(2)).ok());
  EXPECT_EQ(Get(all_[2]).state(), R::STATE_ATTENDED);
  EXPECT_EQ(Absences(3), 0);
  SettleShift(settled_);
  EXPECT_EQ(Credited(0), 120);
  EXPECT_EQ(Credited(1), 110);
  EXPECT_EQ(Credited(2), 120);
  EXPECT_EQ(ReasonOf(Correct(kAdmin, 0, absl::Hours(1))), type::REASON_MOVE_NOT_ALLOWED) << "settled: reversed instead";
  EXPECT_EQ(ReasonOf(Void(kAdmin, 0)), type::REASON_MOVE_NOT_ALLOWED);
}

// What the volunteer contests is for those who decide about that.
TEST_F(LateCorrectionTest, WhatWasAppealedIsNotCorrected) {
  Confirm();
  ASSERT_TRUE(Void(kAdmin, 0).ok());
  PutInPublic();
  ASSERT_TRUE(Appeal(0, absl::Hours(2), public_).ok());
  EXPECT_EQ(ReasonOf(Correct(kFifth, 0, absl::Hours(2))), type::REASON_APPEAL_OPEN);
  EXPECT_EQ(ReasonOf(Decide(kAdmin, 0, v1::Appeal::OUTCOME_UPHELD, public_)), type::REASON_TAKEN_PART);
  ASSERT_TRUE(Decide(kThird, 0, v1::Appeal::OUTCOME_UPHELD, public_).ok());
  EXPECT_EQ(ReasonOf(Void(kFifth, 0)), type::REASON_ALREADY_DECIDED);
  EXPECT_EQ(Absences(1), 0);
  SettleShift(settled_);
  EXPECT_EQ(Credited(0), 120);
}

TEST_F(LateCorrectionTest, BeforeTheConfirmationOneConfirmsInstead) {
  EXPECT_EQ(ReasonOf(Void(kAdmin, 0)), type::REASON_MOVE_NOT_ALLOWED);
  Confirm();
  v1::CorrectAttendanceRequest request = About(0);
  EXPECT_EQ(ReasonOf(attendance_.CorrectAttendance(Staff(kAdmin, public_), request)), type::REASON_REQUIRED);
  *request.mutable_check_in_time() = ToProto(start_);
  EXPECT_EQ(ReasonOf(attendance_.CorrectAttendance(Staff(kAdmin, public_), request)), type::REASON_REQUIRED);
  request.set_voided(true);
  EXPECT_EQ(ReasonOf(attendance_.CorrectAttendance(Staff(kAdmin, public_), request)), type::REASON_NOT_SETTABLE);
}

TEST_F(LateCorrectionTest, ARepetitionChangesNothing) {
  Confirm();
  const auto first = Void(kAdmin, 0, "request-0001");
  const auto again = Void(kAdmin, 0, "request-0001");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE reason = '抽查录像'"), 1);
  EXPECT_EQ(NoticesOf(1).size(), 1u);
  EXPECT_EQ(ReasonOf(Void(kAdmin, 1, "request-0001")), type::REASON_REQUEST_ID_REUSED);
}

// Nobody is absent from what was called off for the time being, and whoever is excused gives the place up.
TEST_F(LateCorrectionTest, WhoIsVoidedInASuspendedShiftIsExcused) {
  for (const auto& [move, at] : {std::pair(v1::MoveActivityRequest::MOVE_SUSPEND, end_ - absl::Minutes(10)),
                                 std::pair(v1::MoveActivityRequest::MOVE_RESUME, end_)}) {
    v1::MoveActivityRequest request;
    request.set_name(shift_.activity());
    request.set_move(move);
    request.set_reason("暴雨");
    ASSERT_TRUE(activities_.MoveActivity(Staff(kHead, at), request).ok());
  }
  Confirm();
  EXPECT_EQ(GetShift(shift_.name()).taken_count(), 2) << "volunteer 3 did not come";
  ASSERT_TRUE(Void(kAdmin, 0).ok());
  EXPECT_EQ(Get(all_[0]).state(), R::STATE_EXCUSED);
  EXPECT_EQ(GetShift(shift_.name()).taken_count(), 1);
  EXPECT_EQ(Absences(1), 0);
  ASSERT_TRUE(Correct(kFifth, 0, absl::Hours(2)).ok());
  EXPECT_EQ(Get(all_[0]).state(), R::STATE_ATTENDED);
  EXPECT_EQ(GetShift(shift_.name()).taken_count(), 2);
}

}  // namespace
}  // namespace wenming::activity
