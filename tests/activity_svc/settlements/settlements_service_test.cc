#include "activity_svc/settlements/settlements_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "activity_svc/calendars/working_days.h"
#include "activity_svc/supplements/supplements_service.h"
#include "activity_svc/volunteers/volunteers_store.h"
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
  EXPECT_TRUE(Appeal(0, absl::Hours(2), settled_ + absl::Hours(24 * 60)).ok()) << "nobody can say that it is too late";
}

TEST_F(SettlementsTest, WhatIsToBeSettledStandsInPublicFirst) {
  SupplementsService supplements(dependencies_);
  AddVolunteer(9);
  const auto minor = db::RunTransaction(database_.pool(), {}, [](db::Transaction& tx) {
    return StoreVolunteer(tx, kCenter,
                          {.id = 2,
                           .number = "HT2",
                           .masked_name = "李*",
                           .unit_id = kStation,
                           .active = true,
                           .adult_from = absl::CivilDay(2026, 5, 3)});
  });
  ASSERT_TRUE(minor.ok()) << minor.status();
  Attend(0, absl::Hours(2));
  Attend(1, absl::Minutes(90));
  Attend(2, absl::Minutes(30));  // counts for nothing
  v1::CreateSupplementRequest ask;
  ask.set_parent(shift_.name());
  ask.mutable_supplement()->set_volunteer(ids::ResourceName("volunteers", 9));
  *ask.mutable_supplement()->mutable_start_time() = ToProto(start_);
  *ask.mutable_supplement()->mutable_end_time() = ToProto(end_);
  const auto supplement = supplements.CreateSupplement(Staff(kHead, end_), ask);
  ASSERT_TRUE(supplement.ok()) << supplement.status();
  const auto move = [&](v1::MoveSupplementRequest::Move to, absl::Time at) {
    v1::MoveSupplementRequest request;
    request.set_name(supplement->name());
    request.set_move(to);
    return supplements.MoveSupplement(Staff(kApprover, at), request).status();
  };
  ASSERT_TRUE(move(v1::MoveSupplementRequest::MOVE_APPROVE, public_).ok());
  // Who, how long, how it is known; page by page as well.
  const auto shown = [&](absl::Time at, int page_size = 0) {
    std::vector<std::string> lines;
    v1::ListPublicHoursRequest request;
    request.set_parent(shift_.name());
    request.set_page_size(page_size);
    do {
      const auto page = settlements_.ListPublicHours(Anybody(at), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& hours : page->hours()) {
        EXPECT_EQ(FromProto(hours.publication_end_time()), settled_);
        lines.push_back(absl::StrCat(hours.volunteer_number(), " ", hours.masked_name(), " ", hours.minutes(), " ",
                                     v1::Attendance::Grade_Name(hours.grade())));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return lines;
  };
  EXPECT_TRUE(shown(public_).empty());
  Publicise(public_);
  ASSERT_TRUE(move(v1::MoveSupplementRequest::MOVE_PUBLICIZE, public_).ok());
  const std::vector<std::string> expected = {"HT1 王*明 120 GRADE_C", "HT2  90 GRADE_C", "HT9 王*明 120 GRADE_D"};
  EXPECT_EQ(shown(public_), expected) << "a minor is not named";
  EXPECT_EQ(shown(public_, 1), expected);
  EXPECT_EQ(shown(public_, 2), expected);
  SettleShift(settled_);
  EXPECT_EQ(shown(settled_), std::vector<std::string>{expected[2]});
  ASSERT_TRUE(move(v1::MoveSupplementRequest::MOVE_SETTLE, settled_).ok());
  EXPECT_TRUE(shown(settled_).empty());
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
  const auto reversed = Reverse(kSecond, 0, settled_, "request-0001");
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  const auto again = Reverse(kSecond, 0, settled_, "request-0001");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), reversed->SerializeAsString());
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

// What is told of one person keeps the order of commits only where each teller holds the person's row.
TEST_F(SettlementsTest, AReversalWaitsForWhoTellsOfThePerson) {
  Attend(0, absl::Hours(2));
  Publicise(public_);
  SettleShift(settled_);
  std::atomic<bool> answered = false;
  std::thread reversal;
  const absl::Status held = db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) -> absl::Status {
    if (auto person = LockVolunteer(tx, kCenter, 1); !person.ok()) return person.status();
    reversal = std::thread([&] {
      EXPECT_TRUE(Reverse(kSecond, 0, settled_).ok());
      answered = true;
    });
    while (!answered && Number("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()"
                               " AND info LIKE '%FROM volunteers%FOR UPDATE' AND info NOT LIKE '%processlist%'") == 0) {
      std::this_thread::yield();
    }
    EXPECT_FALSE(answered);
    return absl::OkStatus();
  });
  reversal.join();
  EXPECT_TRUE(held.ok()) << held;
  EXPECT_EQ(Credited(0), 0);
}

}  // namespace
}  // namespace wenming::activity
