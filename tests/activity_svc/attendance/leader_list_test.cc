#include "activity_svc/attendance/leader_list.h"

#include <gtest/gtest.h>

#include "activity_svc/names.h"
#include "tests/activity_svc/attendance/attendance_fixture.h"

namespace wenming::activity {
namespace {

class LeaderListTest : public PresenceTest {};

TEST_F(LeaderListTest, EachLineIsTakenOrRefusedOnItsOwn) {
  ASSERT_TRUE(Self(A::END_IN, 1, start_).ok());
  ASSERT_TRUE(Cancel(all_[7], now_).ok());
  v1::RecordAttendancesRequest request;
  AddLine(request, all_[0].name(), start_, end_);
  AddLine(request, "", start_, end_);
  request.mutable_lines(1)->set_volunteer_number("HT2");
  request.mutable_lines(1)->set_reason("未带手机");
  AddLine(request, all_[2].name(), end_, start_);  // leaves before coming
  AddLine(request, all_[0].name(), start_, end_);  // stands further up
  AddLine(request, all_[7].name(), start_, end_);  // cancelled
  AddLine(request, "", start_, end_);              // nobody
  AddLine(request, ids::ResourceName("registrations", 77), start_, end_);
  AddLine(request, "", start_, end_);
  request.mutable_lines(7)->set_volunteer_number("HT999");
  const auto response = RecordLines(request, end_);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->results_size(), 8);
  EXPECT_EQ(response->taken_count(), 2);
  const char* reasons[] = {"", "", "TIME_ORDER", "ALREADY_EXISTS", "NO_PLACE", "REQUIRED", "NOT_FOUND", "NO_PLACE"};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(response->results(i).reason(), reasons[i]) << i;
    EXPECT_EQ(response->results(i).message().empty(), reasons[i][0] == '\0') << i;
    EXPECT_EQ(response->results(i).has_attendance(), reasons[i][0] == '\0') << i;
  }
  const auto list = List();
  ASSERT_EQ(list.size(), 2u);
  for (const v1::Attendance& one : list) {
    EXPECT_EQ(one.state(), A::STATE_CORRECTED);
    EXPECT_EQ(one.grade(), A::GRADE_C);
    EXPECT_EQ(one.minutes(), 120);
    EXPECT_EQ(one.check_in_evidence().device(), "");
  }
  EXPECT_EQ(list[0].reason(), "手机没电");
  EXPECT_EQ(list[1].reason(), "未带手机");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE old_state = 1"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections"), 2);
}

TEST_F(LeaderListTest, RepeatedItGetsTheFirstAnswer) {
  v1::RecordAttendancesRequest request;
  request.set_request_id("list-0001");
  AddLine(request, all_[0].name(), start_, end_);
  EXPECT_EQ(ReasonOf(RecordLines(request, end_, kStranger)), type::REASON_PERMISSION);
  const auto first = RecordLines(request, end_);
  const auto again = RecordLines(request, end_ + absl::Minutes(5));
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections"), 1);
  AddLine(request, all_[1].name(), start_, end_);
  EXPECT_EQ(ReasonOf(RecordLines(request, end_)), type::REASON_REQUEST_ID_REUSED);
}

TEST_F(LeaderListTest, NobodyEntersHisOwnHours) {
  directory_.AddStaff(0x31, kCenter, {{"head", kStation}}, false, 3);
  v1::RecordAttendancesRequest request;
  AddLine(request, all_[2].name(), start_, end_);
  AddLine(request, all_[3].name(), start_, end_);
  const auto response = RecordLines(request, end_, 0x31);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).reason(), "OWN_BENEFIT");
  EXPECT_EQ(response->results(1).reason(), "");
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, Code(3, start_), start_, true, 0x31)), type::REASON_OWN_BENEFIT);
}

}  // namespace
}  // namespace wenming::activity
