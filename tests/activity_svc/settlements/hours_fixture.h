// A shift that was served, up to its publication or settlement, and a plain reading of what the ledger was told.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "activity_svc/appeals/appeals_service.h"
#include "activity_svc/names.h"
#include "activity_svc/settlements/settlements_service.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::activity {

// More people who may settle: of the institute, and two of the center.
inline constexpr uint64_t kSecond = 0x21;
inline constexpr uint64_t kThird = 0x22;
inline constexpr uint64_t kFourth = 0x23;

class HoursTest : public ActivityTest {
 protected:
  explicit HoursTest(int people = 3) : shift_(Published(people, 0)) {
    directory_.AddStaff(kSecond, kCenter, {{"approver", kInstitute}})
        .AddStaff(kThird, kCenter, {{"approver", kCenter}})
        .AddStaff(kFourth, kCenter, {{"approver", kCenter}});
    for (int id = 1; id <= people; ++id) {
      AddVolunteer(static_cast<uint64_t>(id));
      all_.push_back(*SignUp(static_cast<uint64_t>(id), shift_.name()));
    }
  }

  void Attend(size_t who, absl::Duration stayed) {
    v1::CorrectAttendanceRequest request;
    request.set_registration(all_[who].name());
    *request.mutable_check_in_time() = ToProto(start_);
    *request.mutable_check_out_time() = ToProto(start_ + stayed);
    request.set_reason("签到表");
    const auto corrected = attendance_.CorrectAttendance(Staff(kHead, end_), request);
    ASSERT_TRUE(corrected.ok()) << corrected.status();
  }
  void Publicise(absl::Time at) {
    v1::EndShiftRequest end;
    end.set_name(shift_.name());
    ASSERT_TRUE(attendance_.EndShift(Staff(kHead, at), end).ok());
    v1::ConfirmShiftRequest confirm;
    confirm.set_name(shift_.name());
    ASSERT_TRUE(attendance_.ConfirmShift(Staff(kHead, at), confirm).ok());
    v1::PublicizeShiftRequest publicize;
    publicize.set_name(shift_.name());
    ASSERT_TRUE(attendance_.PublicizeShift(Staff(kApprover, at), publicize).ok());
  }
  void SettleShift(absl::Time at) {
    v1::SettleShiftRequest settle;
    settle.set_name(shift_.name());
    const auto settled = attendance_.SettleShift(Staff(kApprover, at), settle);
    ASSERT_TRUE(settled.ok()) << settled.status();
  }

  absl::StatusOr<v1::Appeal> Appeal(size_t who, absl::Duration stayed, absl::Time at,
                                    const std::string& request_id = "") {
    v1::AppealHoursRequest request;
    request.set_registration(all_[who].name());
    *request.mutable_check_in_time() = ToProto(start_);
    *request.mutable_check_out_time() = ToProto(start_ + stayed);
    request.set_reason("我一直在场");
    request.set_request_id(request_id);
    return appeals_.AppealHours(Person(who + 1, at), request);
  }
  absl::StatusOr<v1::Appeal> Decide(uint64_t staff, size_t who, v1::Appeal::Outcome outcome, absl::Time at,
                                    absl::Duration stayed = absl::ZeroDuration()) {
    v1::DecideAppealRequest request;
    request.set_registration(all_[who].name());
    request.set_outcome(outcome);
    request.set_reason("查看了照片");
    if (outcome == v1::Appeal::OUTCOME_AMENDED) {
      *request.mutable_check_in_time() = ToProto(start_);
      *request.mutable_check_out_time() = ToProto(start_ + stayed);
    }
    return appeals_.DecideAppeal(Staff(staff, at), request);
  }
  absl::StatusOr<v1::HourEntry> Reverse(uint64_t staff, size_t who, absl::Time at, const char* request_id = "") {
    v1::ReverseHoursRequest request;
    request.set_registration(all_[who].name());
    request.set_reason("重复记录");
    request.set_request_id(request_id);
    return settlements_.ReverseHours(Staff(staff, at), request);
  }

  // What the ledger holds of a source, if it does nothing but what it is told, in order; minutes. Every event must fit
  // the one before: credits and reversals take turns, and each has the next revision that it may have.
  std::map<uint64_t, int> Ledger() {
    const auto rows = db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("SELECT payload_type, payload FROM outbox ORDER BY id");
    });
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::map<uint64_t, int> minutes, revision;
    for (const db::Row& row : *rows) {
      v1::HoursSettled settled;
      v1::HoursReversed reversed;
      if (row.Text(0) == settled.GetTypeName() && settled.ParseFromString(row.Text(1))) {
        const uint64_t source = settled.registration_id();
        const int expected = revision.contains(source) ? revision[source] + 1 : 0;
        EXPECT_EQ(settled.revision(), expected);
        EXPECT_EQ(settled.revision() % 2, 0);
        revision[source] = settled.revision();
        minutes[source] += settled.minutes();
      } else if (row.Text(0) == reversed.GetTypeName() && reversed.ParseFromString(row.Text(1))) {
        const uint64_t source = reversed.registration_id();
        EXPECT_EQ(reversed.revision(), revision[source] + 1);
        EXPECT_EQ(reversed.revision() % 2, 1);
        revision[source] = reversed.revision();
        minutes[source] = 0;
      }
    }
    return minutes;
  }
  int Credited(size_t who) { return Ledger()[IdOf(all_[who].name())]; }

  const absl::Time end_ = start_ + absl::Hours(2);
  const absl::Time public_ = end_ + absl::Hours(1);
  const absl::Time settled_ = public_ + absl::Hours(24 * 7);
  const v1::Shift shift_;
  std::vector<v1::Registration> all_;
  SettlementsService settlements_{dependencies_};
  AppealsService appeals_{dependencies_};
};

}  // namespace wenming::activity
