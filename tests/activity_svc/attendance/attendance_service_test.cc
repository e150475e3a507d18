#include "activity_svc/attendance/attendance_service.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <vector>

#include "activity_svc/attendance/shift_sweeper.h"
#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;
using R = v1::Registration;

class AttendanceServiceTest : public ActivityTest {
 protected:
  AttendanceServiceTest() : shift_(Published(8, 3, 0)) {
    for (uint64_t id = 1; id <= 9; ++id) {
      AddVolunteer(id);
      all_.push_back(*SignUp(id, shift_.name()));
    }
  }

  v1::Evidence Evidence(absl::Time shown, const std::string& device) const {
    v1::Evidence evidence;
    evidence.set_code(codes_.At(IdOf(shift_.name()), shown));
    evidence.mutable_location()->set_latitude(36.2540);
    evidence.mutable_location()->set_longitude(111.6755);
    evidence.set_accuracy_metres(20);
    evidence.set_device_id(device);
    return evidence;
  }
  absl::StatusOr<v1::Attendance> In(size_t who, absl::Time now, const v1::Evidence& evidence) {
    v1::CheckInRequest request;
    request.set_registration(all_[who].name());
    *request.mutable_evidence() = evidence;
    return attendance_.CheckIn(Person(who + 1, now), request);
  }
  absl::StatusOr<v1::Attendance> In(size_t who, absl::Time now) {
    return In(who, now, Evidence(now, "phone-" + std::to_string(who)));
  }
  absl::StatusOr<v1::Attendance> Out(size_t who, absl::Time now, const v1::Evidence& evidence) {
    v1::CheckOutRequest request;
    request.set_registration(all_[who].name());
    *request.mutable_evidence() = evidence;
    return attendance_.CheckOut(Person(who + 1, now), request);
  }
  absl::StatusOr<v1::Attendance> Out(size_t who, absl::Time now) {
    return Out(who, now, Evidence(now, "phone-" + std::to_string(who)));
  }
  v1::Evidence Offline(absl::Time captured, const std::string& device) const {
    v1::Evidence evidence = Evidence(captured, device);
    *evidence.mutable_capture_time() = ToProto(captured);
    return evidence;
  }
  absl::StatusOr<v1::Attendance> Correct(size_t who, absl::Time in, absl::Time out, absl::Time now,
                                         uint64_t staff = kHead) {
    v1::CorrectAttendanceRequest request;
    request.set_registration(all_[who].name());
    *request.mutable_check_in_time() = ToProto(in);
    *request.mutable_check_out_time() = ToProto(out);
    request.set_reason("手机没电");
    return attendance_.CorrectAttendance(Staff(staff, now), request);
  }
  absl::StatusOr<v1::Shift> End(absl::Time now) {
    v1::EndShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.EndShift(Staff(kHead, now), request);
  }
  absl::StatusOr<v1::Shift> Confirm(std::vector<size_t> vouched, std::vector<size_t> voided) {
    v1::ConfirmShiftRequest request;
    request.set_name(shift_.name());
    for (const size_t who : vouched) request.add_vouched(all_[who].name());
    for (const size_t who : voided) request.add_voided(all_[who].name());
    return attendance_.ConfirmShift(Staff(kHead, end_ + absl::Hours(2)), request);
  }
  absl::StatusOr<v1::Shift> Publicize(absl::Time now) {
    v1::PublicizeShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.PublicizeShift(Staff(kApprover, now), request);
  }
  absl::StatusOr<v1::Shift> Settle(absl::Time now) {
    v1::SettleShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.SettleShift(Staff(kApprover, now), request);
  }
  // What the outbox tells the ledger, by key.
  std::map<std::string, v1::HoursSettled> Told() {
    const auto rows = db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("SELECT event_key, payload FROM outbox");
    });
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::map<std::string, v1::HoursSettled> told;
    for (const db::Row& row : *rows) EXPECT_TRUE(told[row.Text(0)].ParseFromString(row.Text(1)));
    return told;
  }
  std::vector<v1::Attendance> List() {
    v1::ListAttendancesRequest request;
    request.set_parent(shift_.name());
    request.set_page_size(2);
    std::vector<v1::Attendance> all;
    do {
      const auto page = attendance_.ListAttendances(Staff(kHead, now_), request);
      EXPECT_TRUE(page.ok()) << page.status();
      all.insert(all.end(), page->attendances().begin(), page->attendances().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  const absl::Time end_ = start_ + absl::Hours(2);
  const v1::Shift shift_;
  std::vector<v1::Registration> all_;  // eight with a place, the ninth waits
};

TEST_F(AttendanceServiceTest, TheCodeIsForTheLeaderAndTheWayInForTheRegistered) {
  v1::GetCheckCodeRequest request;
  request.set_shift(shift_.name());
  const auto code = attendance_.GetCheckCode(Staff(kHead, start_), request);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->code(), codes_.At(IdOf(shift_.name()), start_));
  EXPECT_GT(FromProto(code->expire_time()), start_);
  EXPECT_EQ(ReasonOf(attendance_.GetCheckCode(Staff(kStranger, start_), request)), type::REASON_PERMISSION);
  v1::Evidence evidence = Evidence(start_, "phone-1");
  evidence.set_code(code->code());
  const auto in = In(0, start_ + absl::Seconds(20), evidence);
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->state(), A::STATE_CHECKED_IN);
  EXPECT_EQ(in->check_in_means(), A::MEANS_CODE);
  EXPECT_NEAR(in->check_in_distance_metres(), 63, 3);
  EXPECT_EQ(FromProto(in->check_in_time()), start_ + absl::Seconds(20));
  EXPECT_EQ(ReasonOf(In(8, start_)), type::REASON_NO_PLACE);
  v1::CheckInRequest others;
  others.set_registration(all_[1].name());
  *others.mutable_evidence() = Evidence(start_, "phone-9");
  EXPECT_EQ(ReasonOf(attendance_.CheckIn(Person(3, start_), others)), type::REASON_NOT_YOURS);
}

TEST_F(AttendanceServiceTest, ARepeatedCheckInGetsTheSameAnswer) {
  const auto evidence = Evidence(start_, "phone-0");
  const auto first = In(0, start_, evidence);
  const auto again = In(0, start_ + absl::Minutes(10), evidence);  // the code is old by now
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(metrics_.by_code.Value(), 1);
}

TEST_F(AttendanceServiceTest, EachRuleHasItsReason) {
  EXPECT_EQ(ReasonOf(In(0, start_ - absl::Minutes(31))), type::REASON_OUTSIDE_WINDOW);
  EXPECT_EQ(ReasonOf(In(0, end_ + absl::Minutes(1))), type::REASON_OUTSIDE_WINDOW);
  EXPECT_EQ(ReasonOf(In(0, start_, Evidence(start_ - absl::Minutes(1), "phone-0"))), type::REASON_WRONG_CODE);
  v1::Evidence evidence = Evidence(start_, "phone-0");
  evidence.mutable_location()->set_latitude(36.2636);
  EXPECT_EQ(ReasonOf(In(0, start_, evidence)), type::REASON_OUTSIDE_FENCE);
  evidence = Evidence(start_, "phone-0");
  evidence.set_accuracy_metres(800);
  EXPECT_EQ(ReasonOf(In(0, start_, evidence)), type::REASON_LOCATION_TOO_VAGUE);
  evidence.clear_location();
  EXPECT_EQ(ReasonOf(In(0, start_, evidence)), type::REASON_REQUIRED);
  EXPECT_EQ(ReasonOf(Out(0, start_)), type::REASON_NOT_CHECKED_IN);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendances"), 0);
}

TEST_F(AttendanceServiceTest, OnePhoneChecksInOnePerson) {
  const auto evidence = Evidence(start_, "one-phone");
  ASSERT_TRUE(In(0, start_, evidence).ok());
  EXPECT_EQ(ReasonOf(In(1, start_, evidence)), type::REASON_DEVICE_USED);
  ASSERT_TRUE(In(1, start_).ok());
  EXPECT_EQ(ReasonOf(Out(1, end_, Evidence(end_, "one-phone"))), type::REASON_DEVICE_USED);
  EXPECT_TRUE(Out(1, end_, Evidence(end_, "a-new-phone")).ok());
}

TEST_F(AttendanceServiceTest, OnePhoneChecksOutOnePerson) {
  ASSERT_TRUE(In(0, start_).ok());
  ASSERT_TRUE(In(1, start_).ok());
  const auto evidence = Evidence(end_, "one-phone");
  ASSERT_TRUE(Out(0, end_, evidence).ok());
  EXPECT_EQ(ReasonOf(Out(1, end_, evidence)), type::REASON_DEVICE_USED);
  EXPECT_EQ(ReasonOf(In(2, end_, evidence)), type::REASON_DEVICE_USED);
  EXPECT_TRUE(Out(1, end_).ok());
}

TEST_F(AttendanceServiceTest, CheckedInPeopleDoNotCancel) {
  ASSERT_TRUE(In(0, start_ - absl::Minutes(10)).ok());
  EXPECT_EQ(ReasonOf(Cancel(all_[0], start_ - absl::Minutes(5))), type::REASON_CHECKED_IN);
}

TEST_F(AttendanceServiceTest, WithoutNetworkTheCodeProvesTheTime) {
  const absl::Time in = start_ + absl::Minutes(5), out = end_ + absl::Minutes(5);
  const absl::Time sent = end_ + absl::Hours(70);
  EXPECT_EQ(ReasonOf(In(0, end_ + absl::Hours(73), Offline(in, "phone-0"))), type::REASON_UPLOAD_TOO_LATE);
  EXPECT_EQ(ReasonOf(In(0, in, Offline(in + absl::Hours(1), "phone-0"))), type::REASON_TIME_ORDER);
  v1::Evidence other_time = Offline(in, "phone-0");
  *other_time.mutable_capture_time() = ToProto(in + absl::Minutes(2));
  EXPECT_EQ(ReasonOf(In(0, sent, other_time)), type::REASON_WRONG_CODE);
  ASSERT_TRUE(End(end_ + absl::Hours(1)).ok());
  const auto arrived = In(0, sent, Offline(in, "phone-0"));
  ASSERT_TRUE(arrived.ok()) << arrived.status();
  EXPECT_EQ(arrived->check_in_means(), A::MEANS_CODE_OFFLINE);
  EXPECT_EQ(arrived->state(), A::STATE_AUTO_CLOSED);
  EXPECT_TRUE(arrived->flagged());
  const auto left = Out(0, sent, Offline(out, "phone-0"));
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->state(), A::STATE_CHECKED_OUT);
  EXPECT_FALSE(left->flagged());
  EXPECT_EQ(left->minutes(), 115);
  EXPECT_EQ(left->grade(), A::GRADE_B);  // the phone says when it was
  ASSERT_EQ(left->check_in_evidence().unenforced_size(), 1);
  EXPECT_EQ(left->check_in_evidence().unenforced(0), A::UNENFORCED_SERVER_TIME);
  EXPECT_EQ(metrics_.by_code_offline.Value(), 1);
}

TEST_F(AttendanceServiceTest, ACorrectionKeepsWhatItReplaces) {
  ASSERT_TRUE(In(0, start_).ok());
  EXPECT_EQ(ReasonOf(Correct(0, start_, end_, end_, kStranger)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Correct(0, end_, start_, end_)), type::REASON_TIME_ORDER);
  EXPECT_EQ(ReasonOf(Correct(0, start_, end_, start_)), type::REASON_TIME_ORDER);
  EXPECT_EQ(ReasonOf(Correct(0, start_ - absl::Hours(2), end_, end_)), type::REASON_TIME_ORDER);
  EXPECT_EQ(ReasonOf(Correct(8, start_, end_, end_)), type::REASON_NO_PLACE);
  const auto corrected = Correct(0, start_ + absl::Minutes(10), end_, end_);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->state(), A::STATE_CORRECTED);
  EXPECT_EQ(corrected->grade(), A::GRADE_C);
  EXPECT_EQ(corrected->minutes(), 110);
  EXPECT_EQ(corrected->reason(), "手机没电");
  ASSERT_TRUE(Correct(1, start_, end_, end_).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE old_state = 1 AND old_check_in_means = 1"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE old_state = 0"), 1);
  EXPECT_EQ(metrics_.by_leader.Value(), 1);
}

// From the door to the ledger: four ways of being there, and one of not being there.
TEST_F(AttendanceServiceTest, FromPresenceToSettledHours) {
  ASSERT_TRUE(In(0, start_ - absl::Minutes(10)).ok());  // in and out: A
  ASSERT_TRUE(Out(0, end_ + absl::Minutes(10)).ok());
  ASSERT_TRUE(In(1, start_ + absl::Minutes(20)).ok());  // forgets to check out, the leader vouches: B
  ASSERT_TRUE(In(2, start_).ok());                      // forgets, the leader does not
  ASSERT_TRUE(In(3, start_).ok());                      // leaves early: partial
  ASSERT_TRUE(Out(3, start_ + absl::Minutes(60)).ok());
  EXPECT_EQ(ReasonOf(Confirm({}, {})), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(End(end_ - absl::Seconds(1))), type::REASON_SHIFT_NOT_ENDED);
  ASSERT_TRUE(End(end_ + absl::Minutes(30)).ok());
  EXPECT_TRUE(End(end_ + absl::Minutes(31)).ok());
  ASSERT_TRUE(Correct(4, start_, end_, end_ + absl::Hours(1)).ok());  // the leader's list: C
  EXPECT_EQ(ActivityTest::Get(all_[8]).state(), R::STATE_LAPSED);     // waited in vain

  EXPECT_EQ(ReasonOf(Confirm({1}, {})), type::REASON_UNCONFIRMED_PRESENCE);
  EXPECT_EQ(ReasonOf(Confirm({1, 0}, {2})), type::REASON_UNKNOWN_REFERENCE);
  EXPECT_EQ(ReasonOf(Confirm({1}, {1, 2})), type::REASON_UNKNOWN_REFERENCE);
  ASSERT_TRUE(Confirm({1}, {2}).ok());
  const R::State outcomes[] = {R::STATE_ATTENDED, R::STATE_ATTENDED, R::STATE_ABSENT,
                               R::STATE_PARTIAL,  R::STATE_ATTENDED, R::STATE_ABSENT};
  for (size_t who = 0; who < std::size(outcomes); ++who) {
    EXPECT_EQ(ActivityTest::Get(all_[who]).state(), outcomes[who]) << who;
  }
  const auto list = List();
  ASSERT_EQ(list.size(), 5u);
  const int minutes[] = {120, 100, 0, 0, 120};
  const A::Grade grades[] = {A::GRADE_A, A::GRADE_B, A::GRADE_B, A::GRADE_A, A::GRADE_C};
  for (size_t who = 0; who < 5; ++who) {
    EXPECT_EQ(list[who].minutes(), minutes[who]) << who;
    EXPECT_EQ(list[who].grade(), grades[who]) << who;
  }
  EXPECT_EQ(ReasonOf(Correct(0, start_, end_, end_ + absl::Hours(3))), type::REASON_TAKEN_PART) << "has confirmed";

  EXPECT_EQ(ReasonOf(Settle(end_)), type::REASON_MOVE_NOT_ALLOWED);
  const auto published = Publicize(end_ + absl::Hours(3));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(FromProto(published->publication_end_time()), end_ + absl::Hours(3 + 7 * 24));
  EXPECT_EQ(ReasonOf(Settle(end_ + absl::Hours(24))), type::REASON_PUBLICATION_RUNNING);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 0);
  ASSERT_TRUE(Settle(end_ + absl::Hours(3 + 7 * 24)).ok());
  ASSERT_TRUE(Settle(end_ + absl::Hours(3 + 7 * 24)).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox WHERE payload_type = 'wenming.activity.v1.HoursSettled'"), 3);
  const auto told = Told();
  ASSERT_EQ(told.size(), 3u);
  const size_t counted[] = {0, 1, 4};
  for (size_t i = 0; i < std::size(counted); ++i) {
    const size_t who = counted[i];
    const auto hours = told.find(all_[who].volunteer());  // the key
    ASSERT_NE(hours, told.end()) << who;
    EXPECT_EQ(hours->second.registration_id(), IdOf(all_[who].name()));
    EXPECT_EQ(hours->second.minutes(), minutes[who]);
    EXPECT_EQ(hours->second.grade(), grades[who]);
    EXPECT_EQ(hours->second.unit_id(), kStation);
    EXPECT_EQ(hours->second.recorder_id(), kApprover);
    EXPECT_EQ(hours->second.person_in_charge_id(), kHead);
    EXPECT_EQ(hours->second.activity_title(), "理论宣讲进村");
    EXPECT_GE(FromProto(hours->second.start_time()), start_);  // nobody is credited outside the shift
    EXPECT_LE(FromProto(hours->second.end_time()), end_);
  }
  EXPECT_EQ(metrics_.settled.Value(), 1);

  using M = v1::MoveActivityRequest;
  for (const auto move : {M::MOVE_START, M::MOVE_END, M::MOVE_REPORT, M::MOVE_SETTLE, M::MOVE_ARCHIVE}) {
    Move(shift_.activity(), move, kHead);
  }
}

TEST_F(AttendanceServiceTest, AShiftIsConfirmedAgainOnlyByTheSameLists) {
  ASSERT_TRUE(In(0, start_).ok());
  ASSERT_TRUE(In(1, start_).ok());
  ASSERT_TRUE(In(2, start_).ok());
  ASSERT_TRUE(Out(2, end_).ok());
  ASSERT_TRUE(End(end_).ok());
  ASSERT_TRUE(Confirm({0}, {1}).ok());
  EXPECT_TRUE(Confirm({0}, {1}).ok());
  EXPECT_EQ(ReasonOf(Confirm({1}, {0})), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Confirm({0, 1}, {})), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Confirm({0, 2}, {1})), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Confirm({}, {})), type::REASON_MOVE_NOT_ALLOWED);
}

TEST_F(AttendanceServiceTest, HoursServedOutliveTheirActivity) {
  ASSERT_TRUE(In(0, start_).ok());
  v1::MoveActivityRequest cancel;
  cancel.set_name(shift_.activity());
  cancel.set_move(v1::MoveActivityRequest::MOVE_CANCEL);
  cancel.set_reason("暴雨");
  const auto cancelled = activities_.MoveActivity(Staff(kHead, end_ - absl::Minutes(10)), cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  ASSERT_TRUE(Out(0, end_).ok());
  ASSERT_TRUE(End(end_).ok());
  ASSERT_TRUE(Confirm({}, {}).ok());
  ASSERT_TRUE(Publicize(end_ + absl::Hours(3)).ok());
  ASSERT_TRUE(Settle(end_ + absl::Hours(24 * 30)).ok());
  const auto told = Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told.begin()->second.minutes(), 120);
}

TEST_F(AttendanceServiceTest, SettlingAtOnceFromManySidesTellsTheLedgerOnce) {
  ASSERT_TRUE(In(0, start_).ok());
  ASSERT_TRUE(Out(0, end_).ok());
  ASSERT_TRUE(End(end_).ok());
  ASSERT_TRUE(Confirm({}, {}).ok());
  ASSERT_TRUE(Publicize(end_ + absl::Hours(3)).ok());
  std::vector<std::thread> staff;
  for (int i = 0; i < 8; ++i) {
    staff.emplace_back([this] { EXPECT_TRUE(Settle(end_ + absl::Hours(24 * 30)).ok()); });
  }
  for (std::thread& one : staff) one.join();
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 1);
  EXPECT_EQ(metrics_.settled.Value(), 1);
}

TEST_F(AttendanceServiceTest, AForgottenShiftEndsByItselfOnce) {
  ASSERT_TRUE(In(0, start_).ok());
  const absl::Time due = end_ + absl::Hours(1);
  const auto next = SweepShifts(database_.pool(), ids_, due - absl::Seconds(1));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, due);
  EXPECT_EQ(GetShift(shift_.name()).state(), v1::Shift::STATE_OPEN);
  const auto replica = [&] { EXPECT_TRUE(SweepShifts(database_.pool(), ids_, due).ok()); };
  std::thread first(replica), second(replica);
  first.join();
  second.join();
  EXPECT_EQ(GetShift(shift_.name()).state(), v1::Shift::STATE_ENDED);
  const auto list = List();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_TRUE(list[0].flagged());
  EXPECT_EQ(FromProto(list[0].check_out_time()), end_);
  EXPECT_EQ(list[0].check_out_means(), A::MEANS_AUTOMATIC);
  EXPECT_EQ(*SweepShifts(database_.pool(), ids_, due), absl::InfiniteFuture());
  // Whoever is still there checks out while the window is open.
  const auto out = Out(0, due);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_FALSE(out->flagged());
}

}  // namespace
}  // namespace wenming::activity
