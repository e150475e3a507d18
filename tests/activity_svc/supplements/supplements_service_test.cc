#include "activity_svc/supplements/supplements_service.h"

#include <gtest/gtest.h>

#include "activity_svc/supplements/supplements_rules.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/settlements/hours_fixture.h"
#include "wenming/events/v1/events.pb.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using S = v1::Supplement;
using M = v1::MoveSupplementRequest;

TEST(SupplementsRules, EveryMove) {
  const struct {
    S::State from;
    M::Move move;
    S::State to;
  } allowed[] = {
      {S::STATE_REQUESTED, M::MOVE_APPROVE, S::STATE_APPROVED},
      {S::STATE_REQUESTED, M::MOVE_REJECT, S::STATE_REJECTED},
      {S::STATE_APPROVED, M::MOVE_PUBLICIZE, S::STATE_PUBLICISED},
      {S::STATE_PUBLICISED, M::MOVE_REJECT, S::STATE_REJECTED},
      {S::STATE_PUBLICISED, M::MOVE_SETTLE, S::STATE_SETTLED},
      {S::STATE_SETTLED, M::MOVE_REVERSE, S::STATE_REVERSED},
  };
  int found = 0;
  for (int from = S::State_MIN + 1; from <= S::State_MAX; ++from) {
    for (int move = M::Move_MIN + 1; move <= M::Move_MAX; ++move) {
      const auto next = NextState(static_cast<S::State>(from), static_cast<M::Move>(move));
      S::State expected = S::STATE_UNSPECIFIED;
      for (const auto& row : allowed) {
        if (row.from == from && row.move == move) expected = row.to;
      }
      EXPECT_EQ(next.ok() ? *next : S::STATE_UNSPECIFIED, expected) << from << " " << move;
      EXPECT_EQ(ReasonOf(next), next.ok() ? type::REASON_UNSPECIFIED : type::REASON_MOVE_NOT_ALLOWED);
      found += next.ok() ? 1 : 0;
    }
  }
  EXPECT_EQ(found, 6);
}

class SupplementsTest : public HoursTest {
 protected:
  SupplementsTest() { AddVolunteer(9); }

  absl::StatusOr<S> Ask(uint64_t staff, absl::Time at, absl::Duration stayed = absl::Hours(2), uint64_t volunteer = 9,
                        const std::string& request_id = "") {
    return AskFor(shift_.name(), at, staff, stayed, volunteer, request_id);
  }
  absl::StatusOr<S> AskFor(const std::string& shift, absl::Time at, uint64_t staff = kHead,
                           absl::Duration stayed = absl::Hours(2), uint64_t volunteer = 9,
                           const std::string& request_id = "") {
    v1::CreateSupplementRequest request;
    request.set_parent(shift);
    auto& supplement = *request.mutable_supplement();
    supplement.set_volunteer(ids::ResourceName("volunteers", volunteer));
    *supplement.mutable_start_time() = ToProto(start_);
    *supplement.mutable_end_time() = ToProto(start_ + stayed);
    supplement.set_reason("手机丢失，未能签到");
    supplement.set_evidence("现场合影");
    supplement.set_evidence_reference("档案 2026-17");
    request.set_request_id(request_id);
    return supplements_.CreateSupplement(Staff(staff, at), request);
  }
  using HoursTest::Move;
  absl::StatusOr<S> Move(uint64_t staff, const S& supplement, M::Move move, absl::Time at,
                         const std::string& reason = "原因", const std::string& request_id = "") {
    M request;
    request.set_name(supplement.name());
    request.set_move(move);
    request.set_reason(reason);
    request.set_request_id(request_id);
    return supplements_.MoveSupplement(Staff(staff, at), request);
  }
  // One that stands in public from public_ on, for two hours.
  absl::StatusOr<S> AskPublicly(uint64_t volunteer) {
    const auto asked = Ask(kHead, public_, absl::Hours(2), volunteer);
    if (!asked.ok()) return asked;
    if (auto moved = Move(kApprover, *asked, M::MOVE_APPROVE, public_); !moved.ok()) return moved;
    return Move(kApprover, *asked, M::MOVE_PUBLICIZE, public_);
  }
  absl::StatusOr<S> Get(const rpc::Call& call, const S& supplement) {
    v1::GetSupplementRequest request;
    request.set_name(supplement.name());
    return supplements_.GetSupplement(call, request);
  }

  SupplementsService supplements_{dependencies_};
};

TEST_F(SupplementsTest, FromTheRequestToTheLedgerAndBack) {
  const int64_t records = Number("SELECT COUNT(*) FROM audit_pending");
  const auto asked = Ask(kHead, public_, absl::Hours(3));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state(), S::STATE_REQUESTED);
  EXPECT_EQ(asked->minutes(), 120) << "nobody is credited outside the shift";
  EXPECT_EQ(ReasonOf(Move(kHead, *asked, M::MOVE_APPROVE, public_)), type::REASON_PERMISSION);
  const auto approved = Move(kApprover, *asked, M::MOVE_APPROVE, public_, "原因", "request-0001");
  ASSERT_TRUE(approved.ok()) << approved.status();
  const auto again = Move(kApprover, *asked, M::MOVE_APPROVE, public_, "原因", "request-0001");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), approved->SerializeAsString());
  const auto published = Move(kApprover, *asked, M::MOVE_PUBLICIZE, public_);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(FromProto(published->publication_end_time()), settled_);
  EXPECT_EQ(ReasonOf(Move(kApprover, *asked, M::MOVE_SETTLE, settled_ - absl::Seconds(1))),
            type::REASON_PUBLICATION_RUNNING);
  EXPECT_TRUE(Ledger().empty());
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_SETTLE, settled_).ok());
  EXPECT_EQ(ReasonOf(Move(kApprover, *asked, M::MOVE_SETTLE, settled_)), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(Ledger()[IdOf(asked->name())], 120);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_entries WHERE grade = 4"), 1);
  EXPECT_EQ(ReasonOf(Move(kApprover, *asked, M::MOVE_REVERSE, settled_)), type::REASON_TAKEN_PART);
  EXPECT_EQ(ReasonOf(Move(kSecond, *asked, M::MOVE_REVERSE, settled_, "")), type::REASON_REQUIRED);
  ASSERT_TRUE(Move(kSecond, *asked, M::MOVE_REVERSE, settled_).ok());
  EXPECT_EQ(Ledger()[IdOf(asked->name())], 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM supplement_moves"), 5);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), records + 5) << "one for each, none for a refusal";
}

// The ledger takes no minute twice: whoever is told of last is refused here, and not by the ledger afterwards.
TEST_F(SupplementsTest, NobodyIsCreditedForTheSameTimeTwice) {
  const auto early = AskPublicly(1);
  ASSERT_TRUE(early.ok()) << early.status();
  Attend(0, absl::Hours(2));
  Publicise(public_);
  SettleShift(settled_);
  EXPECT_EQ(ReasonOf(Move(kApprover, *early, M::MOVE_SETTLE, settled_)), type::REASON_HOURS_OVERLAP);
  EXPECT_EQ(Get(Staff(kHead, settled_), *early)->state(), S::STATE_PUBLICISED) << "nothing has happened";
  ASSERT_TRUE(Move(kApprover, *early, M::MOVE_REJECT, settled_).ok());
  EXPECT_EQ(ReasonOf(Ask(kHead, settled_, absl::Hours(2), 1)), type::REASON_HOURS_OVERLAP);
  ASSERT_TRUE(Reverse(kSecond, 0, settled_).ok());
  EXPECT_TRUE(Ask(kHead, settled_, absl::Hours(2), 1).ok()) << "what was taken back is free again";
  EXPECT_EQ(Ledger()[IdOf(early->name())], 0);
}

// Whoever is on the record is settled with his shift; a supplement would keep all others of it waiting.
TEST_F(SupplementsTest, WhoIsOnTheRecordGetsNoSupplement) {
  const auto early = AskPublicly(1);
  ASSERT_TRUE(early.ok()) << early.status();
  Attend(0, absl::Hours(2));
  Attend(1, absl::Minutes(60));  // counts for nothing
  EXPECT_TRUE(Ask(kHead, public_, absl::Hours(2), 2).ok());
  for (const bool at_settlement : {false, true}) {
    const auto refused =
        at_settlement ? Move(kApprover, *early, M::MOVE_SETTLE, settled_) : Ask(kHead, public_, absl::Hours(2), 1);
    EXPECT_EQ(ReasonOf(refused), type::REASON_MOVE_NOT_ALLOWED);
    const std::string text(errors::ToWire(refused.status(), errors::Language::kEnglish, "").message());
    EXPECT_NE(text.find(all_[0].name()), std::string::npos) << text;
    EXPECT_NE(text.find("correct or void that presence first"), std::string::npos) << text;
  }
  Publicise(public_);
  SettleShift(settled_);
  EXPECT_EQ(Credited(0), 120);
  EXPECT_EQ(Ledger()[IdOf(early->name())], 0);
}

TEST_F(SupplementsTest, NorDoesWhoIsOnTheRecordElsewhereAtThatTime) {
  const v1::Shift beside = PublishedAt(start_ + absl::Minutes(90), absl::Hours(2), 1, 0);
  const auto other = SignUp(9, beside.name());
  ASSERT_TRUE(other.ok()) << other.status();
  const auto early = AskPublicly(9);
  ASSERT_TRUE(early.ok()) << early.status();
  v1::CorrectAttendanceRequest present;
  present.set_registration(other->name());
  *present.mutable_check_in_time() = ToProto(start_ + absl::Minutes(90));
  *present.mutable_check_out_time() = ToProto(start_ + absl::Minutes(210));
  present.set_reason("签到表");
  ASSERT_TRUE(attendance_.CorrectAttendance(Staff(kHead, public_ + absl::Hours(1)), present).ok());
  EXPECT_EQ(ReasonOf(Move(kApprover, *early, M::MOVE_SETTLE, settled_)), type::REASON_MOVE_NOT_ALLOWED);
  ASSERT_TRUE(Move(kApprover, *early, M::MOVE_REJECT, settled_).ok());
  EXPECT_EQ(ReasonOf(Ask(kHead, settled_, absl::Hours(2))), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_TRUE(Ask(kHead, settled_, absl::Minutes(90)).ok()) << "one ends where the other begins";
}

// Nobody serves in what is not published, nor in what was called off.
TEST_F(SupplementsTest, HoursComeFromWhatTookPlace) {
  const v1::Activity draft = Draft();
  const std::string never = AddShift(draft.name(), start_, absl::Hours(2), 5, 0).name();
  const std::string off = Published(5, 0).name();
  const auto hidden = AskFor(never, public_), called_off = AskFor(off, public_);
  EXPECT_EQ(ReasonOf(hidden), type::REASON_ACTIVITY_NOT_OPEN);
  ASSERT_TRUE(called_off.ok()) << "it may have taken place: " << called_off.status();
  Move(GetShift(off).activity(), v1::MoveActivityRequest::MOVE_CANCEL, kHead);
  const auto refused = Move(kApprover, *called_off, M::MOVE_APPROVE, public_);
  EXPECT_EQ(ReasonOf(refused), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_NE(errors::ToWire(refused.status(), errors::Language::kEnglish, "").message().find("that took place"),
            std::string::npos);
  EXPECT_TRUE(Move(kApprover, *called_off, M::MOVE_REJECT, public_).ok()) << "that can always be said";
  EXPECT_EQ(ReasonOf(AskFor(off, public_)), type::REASON_MOVE_NOT_ALLOWED);
  // Unpublished after it was approved.
  const v1::Shift back = Published(5, 0);
  const auto withdrawn = AskFor(back.name(), public_);
  ASSERT_TRUE(Move(kApprover, *withdrawn, M::MOVE_APPROVE, public_).ok());
  ASSERT_TRUE(Move(kApprover, *withdrawn, M::MOVE_PUBLICIZE, public_).ok());
  Move(back.activity(), v1::MoveActivityRequest::MOVE_UNPUBLISH, kHead);
  EXPECT_EQ(ReasonOf(Move(kApprover, *withdrawn, M::MOVE_SETTLE, settled_)), type::REASON_ACTIVITY_NOT_OPEN);
  EXPECT_TRUE(Ledger().empty());
}

// The last line of defence: nothing that is asked for leads here.
TEST_F(SupplementsTest, AShiftIsNotSettledOverASupplement) {
  Attend(0, absl::Minutes(60));  // counts for nothing
  const auto asked = AskPublicly(1);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_SETTLE, settled_).ok());
  v1::CorrectAttendanceRequest late;
  late.set_registration(all_[0].name());
  *late.mutable_check_in_time() = ToProto(start_);
  *late.mutable_check_out_time() = ToProto(end_);
  late.set_reason("签到表");
  EXPECT_EQ(ReasonOf(attendance_.CorrectAttendance(Staff(kHead, settled_), late)), type::REASON_HOURS_OVERLAP);
  Publicise(public_);
  database_.Administer("USE " + database_.schema());
  database_.Administer("UPDATE attendances SET minutes = 120, check_out_time = check_out_time + 3600000000");
  v1::SettleShiftRequest settle;
  settle.set_name(shift_.name());
  const auto refused = attendance_.SettleShift(Staff(kApprover, settled_), settle);
  EXPECT_EQ(ReasonOf(refused), type::REASON_HOURS_OVERLAP);
  EXPECT_NE(errors::ToWire(refused.status(), errors::Language::kEnglish, "").message().find(asked->name()),
            std::string::npos)
      << "says what is in the way";
  ASSERT_TRUE(Move(kSecond, *asked, M::MOVE_REVERSE, settled_).ok());
  SettleShift(settled_);
  EXPECT_EQ(Credited(0), 120);
  EXPECT_EQ(Ledger()[IdOf(asked->name())], 0);
}

TEST_F(SupplementsTest, AnAppealIsNotUpheldOverASupplement) {
  Attend(0, absl::Hours(2));
  const auto asked = AskPublicly(2);
  ASSERT_TRUE(asked.ok()) << asked.status();
  Publicise(public_);
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_SETTLE, settled_).ok());
  ASSERT_TRUE(Appeal(1, absl::Hours(2), settled_).ok());
  EXPECT_EQ(ReasonOf(Decide(kThird, 1, v1::Appeal::OUTCOME_UPHELD, settled_)), type::REASON_HOURS_OVERLAP)
      << "nor before the settlement, which would be refused to everybody";
  SettleShift(settled_);
  EXPECT_EQ(ReasonOf(Decide(kThird, 1, v1::Appeal::OUTCOME_UPHELD, settled_)), type::REASON_HOURS_OVERLAP);
  ASSERT_TRUE(Move(kSecond, *asked, M::MOVE_REVERSE, settled_).ok());
  const auto upheld = Decide(kThird, 1, v1::Appeal::OUTCOME_UPHELD, settled_);
  EXPECT_TRUE(upheld.ok()) << upheld.status();
  EXPECT_EQ(Credited(1), 120);
}

TEST_F(SupplementsTest, FourEyesAndNobodyForHimself) {
  directory_.AddStaff(kThird, kCenter, {{"admin", kCenter}}, false, 9);
  EXPECT_EQ(ReasonOf(Ask(kThird, public_)), type::REASON_OWN_BENEFIT);
  EXPECT_EQ(ReasonOf(Ask(kStranger, public_)), type::REASON_PERMISSION);
  const auto asked = Ask(kAdmin, public_);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(ReasonOf(Move(kAdmin, *asked, M::MOVE_APPROVE, public_)), type::REASON_TAKEN_PART);
  EXPECT_EQ(ReasonOf(Move(kThird, *asked, M::MOVE_APPROVE, public_)), type::REASON_OWN_BENEFIT);
  EXPECT_EQ(ReasonOf(Ask(kHead, public_)), type::REASON_ALREADY_EXISTS);
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_REJECT, public_).ok());
  EXPECT_TRUE(Ask(kHead, public_).ok()) << "what was rejected may be asked for again";
}

TEST_F(SupplementsTest, NoWordsStayAboutWhoIsForgotten) {
  const auto asked = Ask(kHead, public_);
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_APPROVE, public_).ok());
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_PUBLICIZE, public_).ok());
  ASSERT_TRUE(Move(kApprover, *asked, M::MOVE_SETTLE, settled_).ok());
  ASSERT_TRUE(Move(kSecond, *asked, M::MOVE_REVERSE, settled_).ok());
  const std::string words = "SELECT COUNT(*) FROM hour_entries WHERE volunteer_id = 9 AND reason <> ''";
  EXPECT_EQ(Number(words), 2);
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(9);
  changed.set_number("HT9");
  changed.set_erased(true);
  events::v1::Event event;
  event.set_center_id(kCenter);
  event.mutable_payload()->PackFrom(changed);
  const absl::Status told =
      db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) { return ApplyVolunteerEvent(tx, event); });
  ASSERT_TRUE(told.ok()) << told;
  EXPECT_EQ(Number(words), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM supplements WHERE CONCAT(reason, evidence, decision_reason) <> ''"), 0);
  EXPECT_EQ(Number("SELECT CAST(SUM(minutes) AS SIGNED) FROM hour_entries WHERE volunteer_id = 9"), 240)
      << "what was served stays";
}

TEST_F(SupplementsTest, TheTimeToRecordEnds) {
  EXPECT_EQ(ReasonOf(Ask(kHead, end_ - absl::Seconds(1))), type::REASON_SHIFT_NOT_ENDED);
  const absl::Time due = absl::FromCivil(absl::CivilDay(2026, 5, 19), absl::FixedTimeZone(8 * 60 * 60));
  EXPECT_EQ(ReasonOf(Ask(kHead, due)), type::REASON_RECORDING_CLOSED);
  EXPECT_EQ(ReasonOf(Ask(kHead, public_, absl::Minutes(71))), type::REASON_TIME_ORDER) << "less than 60 %";
  EXPECT_EQ(ReasonOf(Ask(kHead, public_, absl::Hours(2), 77)), type::REASON_UNKNOWN_VOLUNTEER);
  EXPECT_TRUE(Ask(kHead, due - absl::Seconds(1)).ok());
}

TEST_F(SupplementsTest, WithoutACalendarNoTimeEnds) {
  database_.Administer("USE " + database_.schema());
  database_.Administer("DELETE FROM calendar_years WHERE year = 2026");
  EXPECT_EQ(ReasonOf(Ask(kHead, end_ - absl::Seconds(1))), type::REASON_SHIFT_NOT_ENDED);
  EXPECT_TRUE(Ask(kHead, end_ + absl::Hours(24 * 60)).ok());
}

TEST_F(SupplementsTest, ARepetitionChangesNothingAndAListHasThemAll) {
  const auto first = Ask(kHead, public_, absl::Hours(2), 9, "request-0001");
  const auto again = Ask(kHead, public_, absl::Hours(2), 9, "request-0001");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  ASSERT_TRUE(Ask(kHead, public_, absl::Hours(2), 1).ok());
  EXPECT_TRUE(Get(Person(9, public_), *first).ok());
  EXPECT_EQ(ReasonOf(Get(Person(1, public_), *first)), type::REASON_NOT_YOURS);
  EXPECT_EQ(ReasonOf(Get(Staff(kStranger, public_), *first)), type::REASON_PERMISSION);
  v1::ListSupplementsRequest request;
  request.set_parent(shift_.name());
  request.set_page_size(1);
  const auto page = supplements_.ListSupplements(Staff(kHead, public_), request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->supplements_size(), 1);
  EXPECT_EQ(page->supplements(0).name(), first->name());
  request.set_page_token(page->next_page_token());
  EXPECT_EQ(supplements_.ListSupplements(Staff(kHead, public_), request)->supplements_size(), 1);
}

}  // namespace
}  // namespace wenming::activity
