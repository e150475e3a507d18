// What a person may take along, and what stays when the person has been erased.
#include <gtest/gtest.h>

#include "activity_svc/names.h"
#include "activity_svc/registrations/departure.h"
#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

class OwnExportTest : public ActivityTest {
 protected:
  OwnExportTest() : shift_(Published(3, 0)), end_(start_ + absl::Hours(2)) {
    for (uint64_t id = 1; id <= 2; ++id) {
      AddVolunteer(id);
      all_.push_back(*SignUp(id, shift_.name()));
      Present(id);
      Correct(all_.back(), "手机没电");
    }
    other_ = *SignUp(1, PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 1, 0).name());
    v1::CancelRegistrationRequest cancel;
    cancel.set_name(other_.name());
    cancel.set_reason("家中有事");
    EXPECT_TRUE(registrations_.CancelRegistration(Person(1, now_), cancel).ok());
  }

  void Present(uint64_t id) {
    v1::CheckInRequest request;
    request.set_registration(all_.back().name());
    auto& evidence = *request.mutable_evidence();
    evidence.set_code(codes_.At(IdOf(shift_.name()), start_));
    evidence.mutable_location()->set_latitude(36.2540);
    evidence.mutable_location()->set_longitude(111.6755);
    evidence.set_accuracy_metres(20);
    evidence.set_device_id("phone-" + std::to_string(id));
    const auto in = attendance_.CheckIn(Person(id, start_), request);
    EXPECT_TRUE(in.ok()) << in.status();
  }
  void Correct(const v1::Registration& registration, const std::string& reason) {
    v1::CorrectAttendanceRequest request;
    request.set_registration(registration.name());
    *request.mutable_check_in_time() = ToProto(start_);
    *request.mutable_check_out_time() = ToProto(end_);
    request.set_reason(reason);
    const auto corrected = attendance_.CorrectAttendance(Staff(kHead, end_), request);
    EXPECT_TRUE(corrected.ok()) << corrected.status();
  }

  const v1::Shift shift_;
  const absl::Time end_;
  std::vector<v1::Registration> all_;
  v1::Registration other_;
};

TEST_F(OwnExportTest, EverythingOfOnesOwnAndNothingOfOthers) {
  v1::ExportMyRegistrationsRequest request;
  const rpc::Call call = Person(1, now_);
  const auto all = registrations_.ExportMyRegistrations(call, request);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->registrations_size(), 2);
  EXPECT_TRUE(all->next_page_token().empty());
  const v1::RegistrationExport& cancelled = all->registrations(0);
  EXPECT_EQ(cancelled.registration().name(), other_.name());
  EXPECT_EQ(cancelled.reason(), "家中有事");
  EXPECT_FALSE(cancelled.has_attendance());
  const v1::RegistrationExport& served = all->registrations(1);
  EXPECT_EQ(served.registration().name(), all_[0].name());
  EXPECT_EQ(served.attendance().state(), v1::Attendance::STATE_CORRECTED);
  EXPECT_EQ(served.attendance().reason(), "手机没电");
  EXPECT_GE(served.attendance().check_in_distance_metres(), 0);
  EXPECT_EQ(served.check_out_distance_metres(), -1);
  EXPECT_EQ(served.check_in_device().size(), 64u);
  EXPECT_EQ(served.check_out_device(), "");
  ASSERT_EQ(served.corrections_size(), 1);
  EXPECT_EQ(served.corrections(0).old_state(), v1::Attendance::STATE_CHECKED_IN);
  EXPECT_EQ(FromProto(served.corrections(0).old_check_in_time()), start_);
  EXPECT_FALSE(served.corrections(0).has_old_check_out_time());
  EXPECT_EQ(served.corrections(0).actor(), ids::ResourceName("staff", kHead));
  EXPECT_EQ(served.corrections(0).reason(), "手机没电");
  EXPECT_TRUE(call.audited);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE object = '" + ids::ResourceName("volunteers", 1) + "'"),
            1);
}

TEST_F(OwnExportTest, ItComesInPages) {
  v1::ExportMyRegistrationsRequest request;
  request.set_page_size(1);
  const auto first = registrations_.ExportMyRegistrations(Person(1, now_), request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->registrations_size(), 1);
  request.set_page_token(first->next_page_token());
  const auto second = registrations_.ExportMyRegistrations(Person(1, now_), request);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->registrations_size(), 1);
  EXPECT_EQ(second->registrations(0).registration().name(), all_[0].name());
  EXPECT_EQ(second->registrations(0).corrections_size(), 1);
  EXPECT_TRUE(second->next_page_token().empty());
}

TEST_F(OwnExportTest, OfWhoWasErasedOnlyNumberAndServiceStay) {
  // What the ledger was told of both, and of a supplement of the one, with the words of who decided it.
  database_.Administer("USE " + database_.schema());
  for (const auto& [source, volunteer] : {std::pair{IdOf(all_[0].name()), 1}, {IdOf(all_[1].name()), 2}, {77, 1}}) {
    database_.Administer("INSERT INTO hour_entries SELECT " + std::to_string(kCenter) + ", " + std::to_string(source) +
                         ", 0, " + std::to_string(volunteer) + ", 1, 2, 120, 3, 9, '因病提前离开', 1");
  }
  database_.Administer("INSERT INTO supplements SELECT " + std::to_string(kCenter) +
                       ", 77, 5, 6, 1, 1, 2, 120, '因病', '合影', '档案', 5, 1, 'a', 'b', '', NULL, 1, 1");
  // Of a stranger, whose words stay.
  const auto cancelled_too = SignUp(2, other_.shift());
  v1::CancelRegistrationRequest cancel;
  cancel.set_name(cancelled_too->name());
  cancel.set_reason("出差");
  ASSERT_TRUE(registrations_.CancelRegistration(Person(2, now_), cancel).ok());
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(1);
  changed.set_number("HT1");
  changed.set_masked_name("王*明");
  changed.set_unit_id(kStation);
  changed.set_active(true);
  changed.set_erased(true);
  events::v1::Event event;
  event.set_center_id(kCenter);
  event.mutable_payload()->PackFrom(changed);
  for (int time = 1; time <= 2; ++time) {
    const absl::Status told = db::RunTransaction(
        database_.pool(), {}, [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, end_); });
    ASSERT_TRUE(told.ok()) << told;
  }
  const std::string kept = std::to_string(IdOf(all_[0].name()));
  const std::string others = std::to_string(IdOf(all_[1].name()));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM volunteers WHERE id = 1 AND volunteer_number = 'HT1' AND masked_name = ''"
                   " AND unit_id = 0 AND active = 0 AND adult_from_date IS NULL"),
            1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendances WHERE registration_id = " + kept +
                   " AND device_hash IS NULL AND out_device_hash IS NULL AND check_in_distance = -1 AND reason = ''"
                   " AND minutes = 120"),
            1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendance_corrections WHERE registration_id = " + kept + " AND reason = ''"),
            1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations WHERE volunteer_id = 1 AND reason <> ''"), 0);
  const std::string move = "SELECT COUNT(*) FROM registration_moves WHERE reason <> '' AND registration_id = ";
  EXPECT_EQ(Number(move + std::to_string(IdOf(other_.name()))), 0);
  EXPECT_EQ(Number(move + std::to_string(IdOf(cancelled_too->name()))), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_entries WHERE volunteer_id = 1 AND minutes = 120 AND reason = ''"), 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_entries WHERE volunteer_id = 2 AND reason <> ''"), 1);
  // Whatever is another's stays.
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendances a JOIN attendance_corrections c USING (registration_id)"
                   " WHERE a.registration_id = " +
                   others + " AND a.device_hash IS NOT NULL AND a.reason <> '' AND c.reason <> ''"),
            1);
}

}  // namespace
}  // namespace wenming::activity
