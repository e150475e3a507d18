#include "activity_svc/settlements/settlements_service.h"

#include <gtest/gtest.h>

#include "activity_svc/calendars/working_days.h"
#include "tests/activity_svc/settlements/hours_fixture.h"

namespace wenming::activity {
namespace {

class SettlementsTest : public HoursTest {
 protected:
  absl::StatusOr<v1::Settlement> Get(absl::Time at, uint64_t staff = kHead) {
    v1::GetSettlementRequest request;
    request.set_shift(shift_.name());
    return settlements_.GetSettlement(Staff(staff, at), request);
  }
  absl::StatusOr<v1::ListHourEntriesResponse> Entries(const rpc::Call& call, int page_size = 0,
                                                      const std::string& token = "") {
    v1::ListHourEntriesRequest request;
    request.set_parent(all_[0].name());
    request.set_page_size(page_size);
    request.set_page_token(token);
    return settlements_.ListHourEntries(call, request);
  }
};

TEST_F(SettlementsTest, EachStepSaysWhoTookItAndWhen) {
  Attend(0, absl::Hours(2));
  Publicise(public_);
  SettleShift(settled_);
  EXPECT_EQ(ReasonOf(Get(settled_, kStranger)), type::REASON_PERMISSION);
  const auto settlement = Get(settled_);
  ASSERT_TRUE(settlement.ok()) << settlement.status();
  ASSERT_EQ(settlement->steps_size(), 3);
  EXPECT_EQ(settlement->steps(0).kind(), v1::Settlement::Step::KIND_CONFIRMED);
  EXPECT_EQ(settlement->steps(0).actor(), Staff(kHead, now_).caller.subject);
  EXPECT_EQ(settlement->steps(1).kind(), v1::Settlement::Step::KIND_PUBLICISED);
  EXPECT_EQ(settlement->steps(1).actor(), Staff(kApprover, now_).caller.subject);
  EXPECT_EQ(settlement->steps(2).kind(), v1::Settlement::Step::KIND_SETTLED);
  EXPECT_EQ(FromProto(settlement->steps(2).step_time()), settled_);
  EXPECT_FALSE(settlement->steps(2).late());
  // The shift is on 2 May 2026, a holiday until the 5th; Saturday the 9th is worked: 6 7 8 9 11 12 13 14 15 18.
  EXPECT_EQ(ChineseTime(FromProto(settlement->recording_due_time())), "2026-05-19 00:00");
  // Settled on 9 May: 11 … 15, 18 … 22.
  EXPECT_EQ(ChineseTime(FromProto(settlement->appeal_due_time())), "2026-05-23 00:00");
}

TEST_F(SettlementsTest, SettlingLateIsAllowedAndMarked) {
  Attend(0, absl::Hours(2));
  Publicise(public_);
  const auto open = Get(public_);
  const absl::Time due = FromProto(open->recording_due_time());
  EXPECT_FALSE(Get(due - absl::Seconds(1))->overdue());
  EXPECT_TRUE(Get(due)->overdue());
  SettleShift(due);
  const auto settlement = Get(due);
  EXPECT_FALSE(settlement->overdue());
  EXPECT_FALSE(settlement->steps(1).late());
  EXPECT_TRUE(settlement->steps(2).late());
  EXPECT_EQ(Credited(0), 120);
}

TEST_F(SettlementsTest, WithoutACalendarNothingIsCalledLateAndNothingWaits) {
  database_.Administer("USE " + database_.schema());
  database_.Administer("DELETE FROM calendar_years WHERE year = 2026");
  Attend(0, absl::Hours(2));
  Publicise(public_);
  SettleShift(settled_ + absl::Hours(24 * 60));
  const auto settlement = Get(settled_ + absl::Hours(24 * 60));
  ASSERT_TRUE(settlement.ok()) << settlement.status();
  EXPECT_FALSE(settlement->has_recording_due_time());
  EXPECT_FALSE(settlement->has_appeal_due_time());
  EXPECT_FALSE(settlement->steps(2).late());
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), settled_)), type::REASON_CALENDAR_MISSING);
}

TEST_F(SettlementsTest, ReversingTakesTwoPeopleAndHappensOnce) {
  directory_.AddStaff(kThird, kCenter, {{"approver", kCenter}}, false, 1);
  Attend(0, absl::Hours(2));
  Publicise(public_);
  EXPECT_EQ(ReasonOf(Reverse(kSecond, 0, public_)), type::REASON_NOT_CREDITED);
  SettleShift(settled_);
  EXPECT_EQ(Credited(0), 120);
  EXPECT_EQ(ReasonOf(Reverse(kStranger, 0, settled_)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Reverse(kApprover, 0, settled_)), type::REASON_TAKEN_PART);
  EXPECT_EQ(ReasonOf(Reverse(kThird, 0, settled_)), type::REASON_OWN_BENEFIT);
  const auto reversed = Reverse(kSecond, 0, settled_);
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  EXPECT_EQ(reversed->revision(), 1);
  EXPECT_EQ(reversed->minutes(), 120);
  EXPECT_EQ(Credited(0), 0);
  EXPECT_EQ(ReasonOf(Reverse(kFourth, 0, settled_)), type::REASON_NOT_CREDITED);
  EXPECT_EQ(ReasonOf(Reverse(kSecond, 1, settled_)), type::REASON_NOT_CREDITED) << "was absent";

  EXPECT_EQ(ReasonOf(Entries(Person(2, settled_))), type::REASON_NOT_YOURS);
  const auto first = Entries(Person(1, settled_), 1);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->entries_size(), 1);
  EXPECT_EQ(first->entries(0).revision(), 0);
  const auto second = Entries(Person(1, settled_), 1, first->next_page_token());
  ASSERT_EQ(second->entries_size(), 1);
  EXPECT_EQ(second->entries(0).revision(), 1);
  EXPECT_EQ(second->entries(0).reason(), "重复记录");
  EXPECT_TRUE(second->next_page_token().empty());
}

}  // namespace
}  // namespace wenming::activity
