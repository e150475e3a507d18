// What volunteers are told of their places where somebody else decided: once, with the move, and nobody else.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "activity_svc/calendars/working_days.h"
#include "activity_svc/handovers/handover_sweeper.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_service.h"
#include "activity_svc/registrations/departure.h"
#include "activity_svc/registrations/offer_sweeper.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "tests/activity_svc/registrations/history_checker.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using N = v1::Notice;
using Kinds = std::vector<std::string>;

class PlaceNoticesTest : public ActivityTest {
 protected:
  PlaceNoticesTest() {
    for (uint64_t id = 1; id <= 4; ++id) AddVolunteer(id);
  }

  std::vector<N> Told(uint64_t volunteer) {
    const auto page = notices_.ListMyNotices(Person(volunteer, now_), {});
    EXPECT_TRUE(page.ok()) << page.status();
    return {page->notices().rbegin(), page->notices().rend()};
  }
  // What the person was told, the first first.
  Kinds ToldKinds(uint64_t volunteer) {
    Kinds kinds;
    for (const N& notice : Told(volunteer)) kinds.push_back(N::Kind_Name(notice.kind()).substr(5));
    return kinds;
  }
  // Whether everybody was told of everything, and of nothing else.
  std::vector<std::string> Faults() { return HistoryChecker(database_.pool(), kCenter).FaultsAfter({}); }
  void Excuse(const v1::Registration& registration, absl::Time now) {
    v1::ExcuseRegistrationRequest request;
    request.set_name(registration.name());
    request.set_reason("住院");
    const auto excused = registrations_.ExcuseRegistration(Staff(kHead, now), request);
    ASSERT_TRUE(excused.ok()) << excused.status();
  }
  v1::Handover Propose(const v1::Registration& given, uint64_t taker, const std::string& wanted = "") {
    v1::CreateHandoverRequest request;
    request.set_parent(given.name());
    request.mutable_handover()->set_taker_number(absl::StrCat("HT", taker));
    request.mutable_handover()->set_wanted_shift(wanted);
    const auto proposed = handovers_.CreateHandover(Person(VolunteerOf(given), now_), request);
    EXPECT_TRUE(proposed.ok()) << proposed.status();
    return *proposed;
  }
  // What volunteer_svc tells of a person who has left, or has been erased.
  void Leave(uint64_t volunteer, bool erased) {
    volunteer::v1::VolunteerChanged changed;
    changed.set_volunteer_id(volunteer);
    changed.set_number("HT1");
    changed.set_erased(erased);
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.mutable_payload()->PackFrom(changed);
    const absl::Status followed = db::RunTransaction(
        database_.pool(), {}, [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, now_); });
    ASSERT_TRUE(followed.ok()) << followed;
  }

  NoticesService notices_{dependencies_};
};

TEST_F(PlaceNoticesTest, AnOfferIsToldWithTheTimeUntilWhichItIsHeldAndItsLapseToo) {
  const v1::Shift shift = Published(1, 2);
  const v1::Registration first = *SignUp(1, shift.name());
  const v1::Registration second = *SignUp(2, shift.name());
  const v1::Registration third = *SignUp(3, shift.name());
  ASSERT_TRUE(Cancel(first, now_).ok());
  EXPECT_EQ(ToldKinds(1), Kinds()) << "his own word";
  ASSERT_EQ(ToldKinds(2), Kinds{"PLACE_OFFERED"});
  const N offer = Told(2)[0];
  EXPECT_EQ(offer.source(), second.name());
  EXPECT_EQ(offer.activity(), second.activity());
  EXPECT_EQ(FromProto(offer.shift_start_time()), start_);
  EXPECT_EQ(FromProto(offer.due_time()), now_ + absl::Hours(2));
  EXPECT_EQ(FromProto(offer.create_time()), now_);
  EXPECT_EQ(offer.text(), "“理论宣讲进村”（" + ChineseTime(start_) + "）有名额了，为您保留到 " +
                              ChineseTime(now_ + absl::Hours(2)) + "，请在此之前确认");
  EXPECT_EQ(ToldKinds(3), Kinds()) << "still waits";

  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(2)).ok());
  EXPECT_EQ(ToldKinds(2), (Kinds{"PLACE_OFFERED", "OFFER_LAPSED"}));
  EXPECT_FALSE(Told(2)[1].has_due_time());
  EXPECT_EQ(ToldKinds(3), Kinds{"PLACE_OFFERED"});
  EXPECT_EQ(ReasonOf(Accept(third, now_ + absl::Hours(4))), type::REASON_OFFER_LAPSED);
  EXPECT_EQ(ToldKinds(3), (Kinds{"PLACE_OFFERED", "OFFER_LAPSED"})) << "found by himself";
  EXPECT_EQ(Faults(), Kinds());
}

TEST_F(PlaceNoticesTest, AnAnsweredOfferIsNotToldAgain) {
  const v1::Shift shift = Published(1, 2);
  const v1::Registration first = *SignUp(1, shift.name());
  const v1::Registration second = *SignUp(2, shift.name());
  const v1::Registration third = *SignUp(3, shift.name());
  ASSERT_TRUE(Cancel(first, now_).ok());
  v1::DeclineOfferRequest decline;
  decline.set_name(second.name());
  for (int repeated = 0; repeated < 2; ++repeated) {
    ASSERT_TRUE(registrations_.DeclineOffer(Person(2, now_), decline).ok());
    ASSERT_TRUE(Accept(third, now_).ok());
  }
  EXPECT_EQ(ToldKinds(2), Kinds{"PLACE_OFFERED"});
  EXPECT_EQ(ToldKinds(3), Kinds{"PLACE_OFFERED"});
  EXPECT_EQ(Faults(), Kinds());
}

TEST_F(PlaceNoticesTest, WhoseOfferWasSuspendedWithTheActivityIsToldAndToldAgainWhenItGoesOn) {
  const v1::Shift shift = Published(1, 2);
  const v1::Registration first = *SignUp(1, shift.name());
  ASSERT_TRUE(SignUp(2, shift.name()).ok());
  ASSERT_TRUE(SignUp(3, shift.name()).ok());
  ASSERT_TRUE(Cancel(first, now_).ok());
  ASSERT_TRUE(TryMove(shift.activity(), v1::MoveActivityRequest::MOVE_SUSPEND, kHead, "下雨").ok());
  ASSERT_EQ(ToldKinds(2), (Kinds{"PLACE_OFFERED", "OFFER_LAPSED"}));
  const N suspended = Told(2)[1];
  EXPECT_EQ(suspended.reason(), "下雨");
  EXPECT_FALSE(suspended.has_due_time());
  EXPECT_NE(suspended.text().find("已暂停，您回到候补名单的原位置"), std::string::npos);
  EXPECT_EQ(ToldKinds(3), Kinds()) << "waited before and waits now";
  EXPECT_EQ(Faults(), Kinds());
  Move(shift.activity(), v1::MoveActivityRequest::MOVE_RESUME, kHead);
  EXPECT_EQ(ToldKinds(2), (Kinds{"PLACE_OFFERED", "OFFER_LAPSED", "PLACE_OFFERED"}));
  EXPECT_EQ(ToldKinds(3), Kinds());
}

TEST_F(PlaceNoticesTest, AnOfferThatIsOpenWhenTheShiftEndsIsToldToHaveLapsed) {
  const v1::Shift shift = Published(1, 2);
  const v1::Registration first = *SignUp(1, shift.name());
  const v1::Registration second = *SignUp(2, shift.name());
  const v1::Registration third = *SignUp(3, shift.name());
  ASSERT_TRUE(Cancel(first, now_).ok());
  v1::EndShiftRequest end;
  end.set_name(shift.name());
  ASSERT_TRUE(attendance_.EndShift(Staff(kHead, start_ + absl::Hours(2)), end).ok());
  EXPECT_EQ(Get(second).state(), v1::Registration::STATE_LAPSED);
  EXPECT_EQ(Get(third).state(), v1::Registration::STATE_LAPSED);
  EXPECT_EQ(ToldKinds(2), (Kinds{"PLACE_OFFERED", "OFFER_LAPSED"}));
  EXPECT_EQ(ToldKinds(3), Kinds()) << "never had a place, and knows that the shift is over";
  EXPECT_EQ(Faults(), Kinds());
}

TEST_F(PlaceNoticesTest, AThousandPeopleOfACancelledActivityAreToldTogether) {
  constexpr int kMany = 1000;
  const v1::Activity activity = Draft();
  const v1::Shift large = AddShift(activity.name(), start_, absl::Hours(2), kMany, 10);
  const v1::Shift small = AddShift(activity.name(), start_ + absl::Hours(3), absl::Hours(2), 1, 10);
  Move(activity.name(), v1::MoveActivityRequest::MOVE_SUBMIT, kHead);
  Move(activity.name(), v1::MoveActivityRequest::MOVE_PUBLISH, kApprover);
  const auto in_both = [&](uint64_t id) { return SignUp(id, large.name()).ok() && SignUp(id, small.name()).ok(); };
  ASSERT_TRUE(in_both(1) && in_both(2));
  const v1::Registration gone = *SignUp(3, large.name());
  ASSERT_TRUE(Cancel(gone, now_).ok());
  database_.Administer("USE " + database_.schema());
  database_.Administer(
      absl::StrCat("INSERT INTO registrations SELECT center_id, id + 1000000000 + seq, shift_id, activity_id, 100 + "
                   "seq, 1, 1, 0, NULL,"
                   " start_time, end_time, '', 1, 1 FROM registrations JOIN seq_1_to_",
                   kMany - 2, " WHERE shift_id = ", IdOf(large.name()), " AND volunteer_id = 1"));
  database_.Administer(absl::StrCat("UPDATE shifts SET taken_count = ", kMany, " WHERE id = ", IdOf(large.name())));
  ASSERT_TRUE(TryMove(activity.name(), v1::MoveActivityRequest::MOVE_CANCEL, kHead, "下雨").ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM notices"), kMany + 2);
  EXPECT_EQ(Number("SELECT COUNT(DISTINCT volunteer_id) FROM notices"), kMany);
  EXPECT_EQ(Number("SELECT COUNT(DISTINCT id) FROM notices"), 2)
      << "one happening for each shift, told by one statement";
  EXPECT_EQ(ToldKinds(1), (Kinds{"SHIFT_CANCELLED", "SHIFT_CANCELLED"}));
  EXPECT_EQ(ToldKinds(2), (Kinds{"SHIFT_CANCELLED", "SHIFT_CANCELLED"})) << "who only waits, too";
  EXPECT_EQ(ToldKinds(3), Kinds()) << "had gone before";
  EXPECT_NE(Told(1)[0].text().find("已取消，您的报名随之取消：下雨"), std::string::npos);
  EXPECT_EQ(notices_.ListMyNotices(Person(500, now_), {})->unread_count(), 1);
  EXPECT_EQ(Faults(), Kinds());
}

TEST_F(PlaceNoticesTest, WhoIsExcusedOrAbsentIsTold) {
  const v1::Shift shift = Published(3, 1);
  const v1::Registration before = *SignUp(1, shift.name());
  const v1::Registration missing = *SignUp(2, shift.name());
  const v1::Registration present = *SignUp(3, shift.name());
  Excuse(before, now_);
  Excuse(before, now_);
  ASSERT_EQ(ToldKinds(1), Kinds{"EXCUSED"});
  EXPECT_EQ(Told(1)[0].reason(), "住院");
  v1::CorrectAttendanceRequest there;
  there.set_registration(present.name());
  *there.mutable_check_in_time() = ToProto(start_);
  *there.mutable_check_out_time() = ToProto(start_ + absl::Hours(2));
  there.set_reason("签到表");
  const absl::Time after = start_ + absl::Hours(3);
  ASSERT_TRUE(attendance_.CorrectAttendance(Staff(kHead, after), there).ok());
  v1::EndShiftRequest end;
  end.set_name(shift.name());
  ASSERT_TRUE(attendance_.EndShift(Staff(kHead, after), end).ok());
  v1::ConfirmShiftRequest confirm;
  confirm.set_name(shift.name());
  ASSERT_TRUE(attendance_.ConfirmShift(Staff(kHead, after), confirm).ok());
  EXPECT_EQ(ToldKinds(2), Kinds{"ABSENT"});
  EXPECT_EQ(ToldKinds(3), Kinds()) << "is told when the hours are settled";
  Excuse(missing, after);
  EXPECT_EQ(ToldKinds(2), (Kinds{"ABSENT", "EXCUSED"}));
  EXPECT_EQ(ToldKinds(1), Kinds{"EXCUSED"});
  EXPECT_EQ(Faults(), Kinds());
}

TEST_F(PlaceNoticesTest, WhoLosesAPlaceReadsWhy) {
  const v1::Shift shift = Published(1, 1);
  ASSERT_TRUE(SignUp(1, shift.name()).ok());
  ASSERT_TRUE(SignUp(2, shift.name()).ok());
  Leave(1, /*erased=*/false);
  ASSERT_EQ(ToldKinds(1), Kinds{"PLACE_LOST"});
  EXPECT_EQ(Told(1)[0].reason(), "不再参加志愿服务");
  EXPECT_EQ(ToldKinds(2), Kinds{"PLACE_OFFERED"});
  EXPECT_EQ(Faults(), Kinds());
}

TEST_F(PlaceNoticesTest, WhoIsErasedIsToldNothing) {
  const v1::Shift shift = Published(1, 1);
  ASSERT_TRUE(SignUp(1, shift.name()).ok());
  Leave(1, /*erased=*/true);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM notices"), 0);
}

TEST_F(PlaceNoticesTest, EachStepOfAHandoverIsToldToTheOther) {
  const v1::Shift shift = Published(1, 0);
  const v1::Shift other = PublishedAt(start_ + absl::Hours(5), absl::Hours(2), 1, 0);
  const v1::Registration given = *SignUp(1, shift.name());
  ASSERT_TRUE(SignUp(2, other.name()).ok());
  const v1::Handover withdrawn = Propose(given, 2);
  ASSERT_EQ(ToldKinds(2), Kinds{"HANDOVER_PROPOSED"});
  const N asked = Told(2)[0];
  EXPECT_EQ(asked.source(), withdrawn.name());
  EXPECT_EQ(asked.activity(), shift.activity());
  EXPECT_EQ(FromProto(asked.shift_start_time()), start_);
  EXPECT_EQ(FromProto(asked.due_time()), FromProto(withdrawn.expire_time()));
  EXPECT_NE(asked.text().find(ChineseTime(now_ + absl::Hours(24))), std::string::npos);
  v1::WithdrawHandoverRequest withdraw;
  withdraw.set_name(withdrawn.name());
  for (int repeated = 0; repeated < 2; ++repeated) {
    ASSERT_TRUE(handovers_.WithdrawHandover(Person(1, now_), withdraw).ok());
  }
  EXPECT_EQ(ToldKinds(2), (Kinds{"HANDOVER_PROPOSED", "HANDOVER_WITHDRAWN"}));

  v1::DeclineHandoverRequest decline;
  decline.set_name(Propose(given, 3).name());
  ASSERT_TRUE(handovers_.DeclineHandover(Person(3, now_), decline).ok());
  Propose(given, 4);
  ASSERT_TRUE(SweepHandovers(database_.pool(), ids_, now_ + absl::Hours(24)).ok());
  EXPECT_EQ(ToldKinds(1), (Kinds{"HANDOVER_DECLINED", "HANDOVER_LAPSED"}));
  EXPECT_EQ(ToldKinds(3), Kinds{"HANDOVER_PROPOSED"});
  EXPECT_EQ(ToldKinds(4), Kinds{"HANDOVER_PROPOSED"});

  v1::AcceptHandoverRequest accept;
  accept.set_name(Propose(given, 2, other.name()).name());
  for (int repeated = 0; repeated < 2; ++repeated) {
    ASSERT_TRUE(handovers_.AcceptHandover(Person(2, now_), accept).ok());
  }
  EXPECT_EQ(ToldKinds(1), (Kinds{"HANDOVER_DECLINED", "HANDOVER_LAPSED", "HANDOVER_ACCEPTED"}));
  EXPECT_EQ(ToldKinds(2), (Kinds{"HANDOVER_PROPOSED", "HANDOVER_WITHDRAWN", "HANDOVER_PROPOSED"}));
  EXPECT_EQ(Faults(), Kinds());
  database_.Administer("UPDATE " + database_.schema() + ".notices SET kind = 14 WHERE kind = 12");
  EXPECT_EQ(Faults().size(), 1u) << "the checker itself must be able to fail";
}

}  // namespace
}  // namespace wenming::activity
