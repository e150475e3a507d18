#include "activity_svc/appeals/appeals_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tests/activity_svc/settlements/hours_fixture.h"

namespace wenming::activity {
namespace {

using P = v1::Appeal;
using R = v1::Registration;

class AppealsTest : public HoursTest {
 protected:
  AppealsTest() {
    Attend(0, absl::Hours(2));
    Attend(1, absl::Minutes(60));  // less than 60 %: counts for nothing
    Publicise(public_);
  }
  absl::StatusOr<P> Get(const rpc::Call& call, size_t who) {
    v1::GetAppealRequest request;
    request.set_registration(all_[who].name());
    return appeals_.GetAppeal(call, request);
  }
  // The place of somebody who did not come goes back.
  void Excuse(size_t who) {
    v1::ExcuseRegistrationRequest request;
    request.set_name(all_[who].name());
    request.set_reason("家人生病");
    ASSERT_TRUE(registrations_.ExcuseRegistration(Staff(kHead, public_), request).ok());
  }
  absl::StatusOr<v1::ListOpenAppealsResponse> Open(uint64_t staff, uint64_t unit, int page_size = 0,
                                                   const std::string& token = "") {
    v1::ListOpenAppealsRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    request.set_page_size(page_size);
    request.set_page_token(token);
    return appeals_.ListOpenAppeals(Staff(staff, settled_), request);
  }
};

TEST_F(AppealsTest, BeforeSettlementTheProposalChanges) {
  const auto appeal = Appeal(1, absl::Hours(2), public_);
  ASSERT_TRUE(appeal.ok()) << appeal.status();
  EXPECT_EQ(appeal->state(), P::STATE_OPEN);
  EXPECT_EQ(ReasonOf(Appeal(1, absl::Hours(2), public_)), type::REASON_APPEAL_OPEN);
  const auto decided = Decide(kSecond, 1, P::OUTCOME_UPHELD, public_);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), P::STATE_FINAL);
  EXPECT_EQ(ActivityTest::Get(all_[1]).state(), R::STATE_ATTENDED);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE reason = '查看了照片' AND old_minutes = 0"), 1);
  EXPECT_TRUE(Ledger().empty());
  SettleShift(settled_);
  EXPECT_EQ(Credited(0), 120);
  EXPECT_EQ(Credited(1), 120);
  EXPECT_EQ(ReasonOf(Appeal(1, absl::Hours(2), settled_)), type::REASON_APPEAL_FINAL);
}

TEST_F(AppealsTest, AfterSettlementTheLedgerIsToldWhatStandsInstead) {
  SettleShift(settled_);
  ASSERT_TRUE(Appeal(0, absl::Minutes(110), settled_).ok());
  ASSERT_TRUE(Decide(kSecond, 0, P::OUTCOME_AMENDED, settled_, absl::Minutes(90)).ok());
  EXPECT_EQ(Credited(0), 90);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 3);
  const auto absences = [this] { return Number("SELECT CAST(SUM(absence_count) AS SIGNED) FROM volunteers"); };
  EXPECT_GT(absences(), 0);
  // Who had nothing gets a first credit; who was on no list at all, too.
  for (const size_t who : {size_t{1}, size_t{2}}) {
    ASSERT_TRUE(Appeal(who, absl::Hours(2), settled_).ok());
    ASSERT_TRUE(Decide(kSecond, who, P::OUTCOME_UPHELD, settled_).ok());
    EXPECT_EQ(Credited(who), 120);
    EXPECT_EQ(ActivityTest::Get(all_[who]).state(), R::STATE_ATTENDED);
  }
  EXPECT_EQ(absences(), 0) << "what was no absence counts as none";
  // Less than what counts: nothing stands.
  ASSERT_TRUE(Appeal(0, absl::Hours(2), settled_).ok());
  ASSERT_TRUE(Decide(kThird, 0, P::OUTCOME_AMENDED, settled_, absl::Minutes(20)).ok());
  EXPECT_EQ(Credited(0), 0);
  EXPECT_EQ(ActivityTest::Get(all_[0]).state(), R::STATE_PARTIAL);
}

TEST_F(AppealsTest, WhoWasExcusedTakesAPlaceAgain) {
  Excuse(2);
  EXPECT_EQ(GetShift(shift_.name()).taken_count(), 2);
  ASSERT_TRUE(Appeal(2, absl::Hours(2), public_).ok());
  ASSERT_TRUE(Decide(kSecond, 2, P::OUTCOME_UPHELD, public_).ok());
  EXPECT_EQ(ActivityTest::Get(all_[2]).state(), R::STATE_ATTENDED);
  EXPECT_EQ(GetShift(shift_.name()).taken_count(), 3);
  SettleShift(settled_);
  EXPECT_EQ(Credited(2), 120);
}

TEST_F(AppealsTest, WhoWasExcusedAndWentElsewhereWasNotHere) {
  Excuse(2);
  const v1::Shift beside = Published(1, 0);
  const v1::Registration other = *SignUp(3, beside.name());
  ASSERT_TRUE(Appeal(2, absl::Hours(2), public_).ok());
  EXPECT_EQ(ReasonOf(Decide(kSecond, 2, P::OUTCOME_UPHELD, public_)), type::REASON_OVERLAPPING_SHIFT);
  EXPECT_EQ(ActivityTest::Get(all_[2]).state(), R::STATE_EXCUSED);
  ASSERT_TRUE(Cancel(other, now_).ok());
  EXPECT_TRUE(Decide(kSecond, 2, P::OUTCOME_UPHELD, public_).ok());
}

// Of two registrations for one shift the new one is the person's; the old one can still be decided about.
TEST_F(HoursTest, WhoSignedUpAnewAfterAnExcuseContestsTheNewRegistration) {
  v1::ExcuseRegistrationRequest excuse;
  excuse.set_name(all_[0].name());
  excuse.set_reason("出差");
  ASSERT_TRUE(registrations_.ExcuseRegistration(Staff(kHead, now_), excuse).ok());
  const auto anew = SignUp(1, shift_.name());
  ASSERT_TRUE(anew.ok()) << anew.status();
  Publicise(public_);
  ASSERT_TRUE(Appeal(0, absl::Hours(2), public_).ok());
  const auto refused = Decide(kSecond, 0, P::OUTCOME_UPHELD, public_);
  EXPECT_EQ(ReasonOf(refused), type::REASON_OVERLAPPING_SHIFT);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_TRUE(Decide(kSecond, 0, P::OUTCOME_REJECTED, public_).ok());
  all_[0] = *anew;
  ASSERT_TRUE(Appeal(0, absl::Hours(2), public_).ok());
  ASSERT_TRUE(Decide(kSecond, 0, P::OUTCOME_UPHELD, public_).ok());
  const R upheld = Get(*anew);
  EXPECT_EQ(upheld.state(), R::STATE_ATTENDED);
  ASSERT_EQ(upheld.moves_size(), 2);
  EXPECT_EQ(upheld.moves(1).from(), R::STATE_ABSENT);
  EXPECT_EQ(upheld.moves(1).actor(), ids::ResourceName("staff", kSecond));
  EXPECT_EQ(upheld.moves(1).reason(), "查看了照片");
}

TEST_F(AppealsTest, WhoWasExcusedTakesNoPlaceThatIsGone) {
  Excuse(2);
  const auto narrowed = db::RunTransaction(
      database_.pool(), {}, [](db::Transaction& tx) { return tx.Execute("UPDATE shifts SET capacity = 2"); });
  ASSERT_TRUE(narrowed.ok()) << narrowed.status();
  ASSERT_TRUE(Appeal(2, absl::Hours(2), public_).ok());
  EXPECT_EQ(ReasonOf(Decide(kSecond, 2, P::OUTCOME_UPHELD, public_)), type::REASON_SHIFT_FULL);
  EXPECT_TRUE(Decide(kSecond, 2, P::OUTCOME_REJECTED, public_).ok());
}

TEST_F(AppealsTest, TheSecondRoundIsForAThirdPersonAboveAndFinal) {
  SettleShift(settled_);
  ASSERT_TRUE(Appeal(1, absl::Hours(2), settled_).ok());
  EXPECT_EQ(ReasonOf(Decide(kStranger, 1, P::OUTCOME_UPHELD, settled_)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Decide(kApprover, 1, P::OUTCOME_UPHELD, settled_)), type::REASON_TAKEN_PART) << "has settled";
  ASSERT_TRUE(Decide(kSecond, 1, P::OUTCOME_REJECTED, settled_).ok());
  EXPECT_EQ(ReasonOf(Decide(kThird, 1, P::OUTCOME_UPHELD, settled_)), type::REASON_ALREADY_DECIDED);
  const auto again = Appeal(1, absl::Hours(2), settled_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->state(), P::STATE_REOPENED);
  EXPECT_EQ(ReasonOf(Decide(kSecond, 1, P::OUTCOME_UPHELD, settled_)), type::REASON_TAKEN_PART);
  directory_.AddStaff(kFourth, kCenter, {{"approver", kStation}});
  EXPECT_EQ(ReasonOf(Decide(kFourth, 1, P::OUTCOME_UPHELD, settled_)), type::REASON_PERMISSION) << "not above";
  const auto final = Decide(kThird, 1, P::OUTCOME_REJECTED, settled_);
  ASSERT_TRUE(final.ok()) << final.status();
  EXPECT_EQ(final->state(), P::STATE_FINAL);
  EXPECT_EQ(ReasonOf(Appeal(1, absl::Hours(2), settled_)), type::REASON_APPEAL_FINAL);
  EXPECT_EQ(ReasonOf(Decide(kAdmin, 1, P::OUTCOME_UPHELD, settled_)), type::REASON_APPEAL_FINAL);
  EXPECT_EQ(Credited(1), 0);
  ASSERT_EQ(final->moves_size(), 4);
  const P::State states[] = {P::STATE_OPEN, P::STATE_DECIDED, P::STATE_REOPENED, P::STATE_FINAL};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(final->moves(i).to(), states[i]);
  EXPECT_EQ(final->moves(0).reason(), "我一直在场");
  EXPECT_EQ(final->moves(3).actor(), Staff(kThird, now_).caller.subject);
}

TEST_F(AppealsTest, NobodyDecidesHisOwnAndTheLeaderWhoCorrectedItNeither) {
  directory_.AddStaff(kThird, kCenter, {{"approver", kCenter}}, false, 2);
  ASSERT_TRUE(Appeal(1, absl::Hours(2), public_).ok());
  EXPECT_EQ(ReasonOf(Decide(kThird, 1, P::OUTCOME_UPHELD, public_)), type::REASON_OWN_BENEFIT);
  directory_.AddStaff(kHead, kCenter, {{"admin", kCenter}});
  EXPECT_EQ(ReasonOf(Decide(kHead, 1, P::OUTCOME_UPHELD, public_)), type::REASON_TAKEN_PART);
}

TEST_F(AppealsTest, TheTimeForItEnds) {
  // Public since 2 May: the tenth working day after it is Monday 18 May. Settled on 9 May: Friday 22 May.
  const auto midnight = [](int day) {
    return absl::FromCivil(absl::CivilDay(2026, 5, day), absl::FixedTimeZone(8 * 60 * 60));
  };
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), midnight(19))), type::REASON_APPEAL_CLOSED);
  SettleShift(settled_);
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), midnight(23))), type::REASON_APPEAL_CLOSED);
  const absl::Time last = midnight(23) - absl::Seconds(1);
  ASSERT_TRUE(Appeal(0, absl::Hours(2), last).ok());
  ASSERT_TRUE(Decide(kSecond, 0, P::OUTCOME_REJECTED, last).ok());
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), last + absl::Hours(24 * 15))), type::REASON_APPEAL_CLOSED);
}

TEST_F(AppealsTest, HoursThatAreTakenBackLaterCanBeContested) {
  SettleShift(settled_);
  const absl::Time later = settled_ + absl::Hours(24 * 60);
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), later)), type::REASON_APPEAL_CLOSED);
  ASSERT_TRUE(Reverse(kSecond, 0, later).ok());
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), later + absl::Hours(24 * 30))), type::REASON_APPEAL_CLOSED);
  ASSERT_TRUE(Appeal(0, absl::Hours(2), later).ok());
  ASSERT_TRUE(Decide(kThird, 0, P::OUTCOME_UPHELD, later).ok());
  EXPECT_EQ(Credited(0), 120);
  // The time for those whose hours stand does not begin anew.
  EXPECT_EQ(ReasonOf(Appeal(1, absl::Hours(2), later)), type::REASON_APPEAL_CLOSED);
  // Taken back once more, after the final decision: that can be contested, too.
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), later)), type::REASON_APPEAL_FINAL) << "what stands is final";
  const absl::Time again = later + absl::Hours(24);
  ASSERT_TRUE(Reverse(kFourth, 0, again).ok());
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), again + absl::Hours(24 * 30))), type::REASON_APPEAL_CLOSED);
  const auto contested = Appeal(0, absl::Hours(2), again);
  ASSERT_TRUE(contested.ok()) << contested.status();
  EXPECT_EQ(contested->state(), P::STATE_OPEN);
  EXPECT_EQ(ReasonOf(Decide(kFourth, 0, P::OUTCOME_UPHELD, again)), type::REASON_TAKEN_PART);
  const auto decided = Decide(kAdmin, 0, P::OUTCOME_UPHELD, again);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), P::STATE_FINAL);
  EXPECT_EQ(decided->moves_size(), 4);
  EXPECT_EQ(Credited(0), 120);
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), again + absl::Hours(1))), type::REASON_APPEAL_FINAL);
}

// A final decision that leaves nothing has taken the hours back itself: there is nothing new to contest.
TEST_F(AppealsTest, WhatAFinalDecisionTakesBackIsFinal) {
  SettleShift(settled_);
  ASSERT_TRUE(Appeal(0, absl::Minutes(110), settled_).ok());
  ASSERT_TRUE(Decide(kSecond, 0, P::OUTCOME_REJECTED, settled_).ok());
  ASSERT_TRUE(Appeal(0, absl::Minutes(110), settled_).ok());
  ASSERT_TRUE(Decide(kThird, 0, P::OUTCOME_AMENDED, settled_, absl::Minutes(20)).ok());
  EXPECT_EQ(Credited(0), 0);
  EXPECT_EQ(ReasonOf(Appeal(0, absl::Hours(2), settled_ + absl::Hours(1))), type::REASON_APPEAL_FINAL);
}

TEST_F(AppealsTest, WhatIsFinalNeedsNoCalendar) {
  ASSERT_TRUE(Appeal(0, absl::Hours(2), public_).ok());
  ASSERT_TRUE(Appeal(1, absl::Hours(2), public_).ok());
  // Ten working days from here reach into a year that has not been entered.
  const absl::Time december = absl::FromCivil(absl::CivilDay(2026, 12, 28), absl::UTCTimeZone());
  EXPECT_EQ(ReasonOf(Decide(kSecond, 0, P::OUTCOME_REJECTED, december)), type::REASON_CALENDAR_MISSING);
  const auto granted = Decide(kSecond, 1, P::OUTCOME_UPHELD, december);
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(granted->state(), P::STATE_FINAL);
  EXPECT_FALSE(granted->has_due_time());
}

// The right to appeal does not hang on who enters next year's calendar.
TEST_F(AppealsTest, IsTakenWhileTheCalendarIsMissing) {
  SettleShift(settled_);
  const absl::Time december = absl::FromCivil(absl::CivilDay(2026, 12, 28), absl::UTCTimeZone());
  ASSERT_TRUE(Reverse(kSecond, 0, december).ok());
  const auto taken = Appeal(0, absl::Hours(2), december + absl::Hours(24 * 12));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->state(), P::STATE_OPEN);
  // Ten days later by the calendar on the wall, to the end of the day in China.
  EXPECT_EQ(FromProto(taken->due_time()),
            absl::FromCivil(absl::CivilDay(2027, 1, 20), absl::FixedTimeZone(8 * 60 * 60)));
  // What is known to be too late stays so.
  EXPECT_EQ(ReasonOf(Appeal(1, absl::Hours(2), december)), type::REASON_APPEAL_CLOSED);
}

TEST_F(AppealsTest, WhatWasDecidedRestsOnNoStation) {
  // As a station's upload leaves it: with its pack, and what nothing enforced.
  database_.Administer("USE " + database_.schema());
  database_.Administer(
      "UPDATE attendances SET check_in_pack = 5, check_out_pack = 5, check_in_unenforced = 8,"
      " check_out_unenforced = 8");
  ASSERT_TRUE(Appeal(0, absl::Hours(2), public_).ok());
  ASSERT_TRUE(Decide(kSecond, 0, P::OUTCOME_AMENDED, public_, absl::Minutes(90)).ok());
  v1::ListAttendancesRequest request;
  request.set_parent(shift_.name());
  const auto list = attendance_.ListAttendances(Staff(kHead, public_), request);
  ASSERT_TRUE(list.ok()) << list.status();
  const v1::Attendance& decided = list->attendances(0);
  EXPECT_EQ(decided.registration(), all_[0].name());
  for (const auto& evidence : {decided.check_in_evidence(), decided.check_out_evidence()}) {
    EXPECT_EQ(evidence.means(), v1::Attendance::MEANS_LEADER);
    EXPECT_EQ(evidence.pack(), "");
    EXPECT_EQ(evidence.unenforced_size(), 0);
  }
}

TEST_F(AppealsTest, ItIsTheVolunteersOwnAndARepetitionChangesNothing) {
  v1::AppealHoursRequest others;
  others.set_registration(all_[1].name());
  *others.mutable_check_in_time() = ToProto(start_);
  *others.mutable_check_out_time() = ToProto(end_);
  others.set_reason("代他申诉");
  EXPECT_EQ(ReasonOf(appeals_.AppealHours(Person(1, public_), others)), type::REASON_NOT_YOURS);
  EXPECT_EQ(ReasonOf(Appeal(1, absl::ZeroDuration(), public_)), type::REASON_TIME_ORDER);
  EXPECT_EQ(Get(Person(2, public_), 1).status().code(), absl::StatusCode::kNotFound);
  const auto first = Appeal(1, absl::Hours(2), public_, "request-0001");
  const auto again = Appeal(1, absl::Hours(2), public_, "request-0001");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM appeal_moves"), 1);
  EXPECT_TRUE(Get(Person(2, public_), 1).ok());
  EXPECT_TRUE(Get(Staff(kHead, public_), 1).ok());
  EXPECT_EQ(ReasonOf(Get(Person(1, public_), 1)), type::REASON_NOT_YOURS);
  EXPECT_EQ(ReasonOf(Get(Staff(kStranger, public_), 1)), type::REASON_PERMISSION);
}

// Whoever heard no answer to his decision sends it once more.
TEST_F(AppealsTest, ADecisionThatIsRepeatedIsAnsweredAgain) {
  ASSERT_TRUE(Appeal(1, absl::Hours(2), public_).ok());
  v1::DecideAppealRequest request;
  request.set_registration(all_[1].name());
  request.set_outcome(P::OUTCOME_REJECTED);
  request.set_reason("查看了照片");
  request.set_request_id("request-0001");
  const auto first = appeals_.DecideAppeal(Staff(kSecond, public_), request);
  const auto again = appeals_.DecideAppeal(Staff(kSecond, public_), request);
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM appeal_moves"), 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM notices WHERE kind = 3"), 1);
  request.set_outcome(P::OUTCOME_UPHELD);
  EXPECT_EQ(ReasonOf(appeals_.DecideAppeal(Staff(kSecond, public_), request)), type::REASON_REQUEST_ID_REUSED);
}

TEST_F(AppealsTest, TheDeskSeesWhatIsDueFirst) {
  ASSERT_TRUE(Appeal(1, absl::Hours(2), public_ + absl::Hours(24 * 6)).ok());
  ASSERT_TRUE(Appeal(0, absl::Hours(2), public_).ok());
  EXPECT_EQ(ReasonOf(Open(kHead, kStation)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Open(kApprover, kCenter)), type::REASON_PERMISSION);
  for (const auto& [staff, unit] : {std::pair{kApprover, kInstitute}, std::pair{kAdmin, kCenter}}) {
    const auto first = Open(staff, unit, 1);
    ASSERT_TRUE(first.ok()) << first.status();
    ASSERT_EQ(first->appeals_size(), 1);
    EXPECT_EQ(first->appeals(0).registration(), all_[0].name());
    const auto second = Open(staff, unit, 1, first->next_page_token());
    ASSERT_EQ(second->appeals_size(), 1);
    EXPECT_EQ(second->appeals(0).registration(), all_[1].name());
    EXPECT_TRUE(second->next_page_token().empty());
  }
  EXPECT_EQ(Open(kAdmin, kOtherStation)->appeals_size(), 0);
  ASSERT_TRUE(Decide(kSecond, 0, P::OUTCOME_REJECTED, public_).ok());
  EXPECT_EQ(Open(kApprover, kInstitute)->appeals_size(), 1);
}

TEST_F(AppealsTest, EachStepLeavesOneRecordAndARefusalNone) {
  SettleShift(settled_);
  const auto records = [this] { return Number("SELECT COUNT(*) FROM audit_pending"); };
  const int64_t before = records();
  ASSERT_TRUE(Appeal(1, absl::Hours(2), settled_).ok());
  EXPECT_EQ(records(), before + 1);
  ASSERT_TRUE(Decide(kSecond, 1, P::OUTCOME_UPHELD, settled_).ok());
  EXPECT_EQ(records(), before + 2);
  ASSERT_TRUE(Reverse(kThird, 1, settled_).ok());
  EXPECT_EQ(records(), before + 3);
  EXPECT_FALSE(Reverse(kThird, 1, settled_).ok());
  EXPECT_EQ(records(), before + 3);
}

// Whatever is settled, contested, amended and taken back, in whatever order: what the ledger was told sums up to what a
// plain model of it says.
class AppealsModelTest : public HoursTest {
 protected:
  AppealsModelTest() : HoursTest(6) {}
};

TEST_F(AppealsModelTest, TheLedgerHoldsWhatThePlainModelSays) {
  const char* given = std::getenv("WENMING_TEST_SEED");
  const auto seed = given ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
  SCOPED_TRACE("WENMING_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&random](unsigned n) { return static_cast<int>(random() % n); };
  const auto counted = [](int stayed) { return stayed >= 72 ? std::min(stayed, 120) : 0; };
  struct Person {
    int proposal = 0;  // minutes that a settlement would credit
    int credited = 0;
    int claimed = 0;
    P::State appeal = P::STATE_UNSPECIFIED;
    bool taken_back = false;  // since the last move of the appeal
    std::vector<uint64_t> hands = {kHead, kApprover};
    uint64_t recorder = 0;  // of the entry that stands
  };
  std::vector<Person> people(all_.size());
  for (size_t who = 0; who < people.size(); ++who) {
    const int stayed = 10 + below(111);
    if (below(5) == 0) continue;
    Attend(who, absl::Minutes(stayed));
    people[who].proposal = counted(stayed);
  }
  Publicise(public_);
  bool settled = false;
  const uint64_t staff[] = {kApprover, kSecond, kThird, kFourth, kAdmin};
  for (int step = 0; step < 120; ++step) {
    const size_t who = random() % people.size();
    Person& person = people[who];
    const uint64_t actor = staff[below(5)];
    const bool took_part = std::ranges::find(person.hands, actor) != person.hands.end();
    const absl::Time now = settled_ + absl::Minutes(step);
    switch (below(4)) {
      case 0: {
        if (settled || step < 30) break;
        SettleShift(now);
        settled = true;
        for (Person& each : people) {
          each.credited = each.proposal;
          if (each.credited > 0) each.recorder = kApprover;
        }
        break;
      }
      case 1: {
        const int stayed = 10 + below(111);
        const bool anew = person.appeal == P::STATE_FINAL && person.taken_back;
        const bool may = person.appeal == P::STATE_UNSPECIFIED || person.appeal == P::STATE_DECIDED || anew;
        const auto appeal = Appeal(who, absl::Minutes(stayed), now);
        ASSERT_EQ(appeal.ok(), may) << appeal.status();
        if (!may) break;
        person.claimed = stayed;
        person.appeal = person.appeal == P::STATE_DECIDED ? P::STATE_REOPENED : P::STATE_OPEN;
        person.taken_back = false;
        break;
      }
      case 2: {
        const auto outcome = static_cast<P::Outcome>(1 + below(3));
        const int stayed = outcome == P::OUTCOME_UPHELD ? person.claimed : 10 + below(111);
        const bool second = person.appeal == P::STATE_REOPENED;
        const bool may = (person.appeal == P::STATE_OPEN || second) && !took_part;
        const auto decided = Decide(actor, who, outcome, now, absl::Minutes(stayed));
        ASSERT_EQ(decided.ok(), may) << decided.status();
        if (!may) break;
        person.hands.push_back(actor);
        person.appeal = second || outcome == P::OUTCOME_UPHELD ? P::STATE_FINAL : P::STATE_DECIDED;
        person.taken_back = false;
        if (outcome == P::OUTCOME_REJECTED) break;
        person.proposal = counted(stayed);
        if (settled) person.credited = person.proposal;
        if (settled) person.recorder = actor;
        break;
      }
      default: {
        const bool may = person.credited > 0 && actor != person.recorder;
        const auto reversed = Reverse(actor, who, now);
        ASSERT_EQ(reversed.ok(), may) << reversed.status();
        if (!may) break;
        person.credited = 0;
        person.taken_back = true;
        person.hands.push_back(actor);
      }
    }
  }
  auto ledger = Ledger();
  for (size_t who = 0; who < people.size(); ++who) {
    EXPECT_EQ(ledger[IdOf(all_[who].name())], people[who].credited) << who;
  }
}

}  // namespace
}  // namespace wenming::activity
