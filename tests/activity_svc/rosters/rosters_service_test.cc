#include "activity_svc/rosters/rosters_service.h"

#include "absl/strings/str_split.h"
#include "activity_svc/names.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using E = v1::ExportRosterRequest;

class RostersServiceTest : public ActivityTest {
 protected:
  RostersServiceTest() : shift_(Published(2, 5)) {
    for (uint64_t id = 1; id <= 4; ++id) {
      AddVolunteer(id);
      registrations_made_.push_back(*SignUp(id, shift_.name()));
    }
    EXPECT_TRUE(Cancel(registrations_made_[3], now_).ok());
    request_.set_parent(shift_.name());
  }

  const v1::Shift shift_;
  std::vector<v1::Registration> registrations_made_;
  E request_;
  RostersService rosters_{dependencies_};
};

TEST_F(RostersServiceTest, TheCsvIsTheRosterInItsOrder) {
  const absl::Time end = start_ + absl::Hours(2);
  v1::CorrectAttendanceRequest present;
  present.set_registration(registrations_made_[1].name());
  *present.mutable_check_in_time() = ToProto(start_);
  *present.mutable_check_out_time() = ToProto(end);
  present.set_reason("补登");
  ASSERT_TRUE(attendance_.CorrectAttendance(Staff(kHead, end), present).ok());
  const auto file = rosters_.ExportRoster(Staff(kHead, end), request_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->content_type(), "text/csv; charset=utf-8");
  const std::vector<std::string> lines = absl::StrSplit(file->data(), "\r\n", absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 5u);
  const char* const kBegins[] = {"\"HT1\",\"王*明\",\"已确认\",\"\",", "\"HT2\",\"王*明\",\"已确认\",\"\",",
                                 "\"HT3\",\"王*明\",\"候补中\",\"1\",", "\"HT4\",\"王*明\",\"已取消\",\"2\","};
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(lines[i + 1].starts_with(kBegins[i])) << lines[i + 1];
  EXPECT_NE(lines[2].find("\"已更正\",\"2026-05-02 08:00\",\"2026-05-02 10:00\",\"120\",\"C\""), std::string::npos)
      << lines[2];
}

TEST_F(RostersServiceTest, AStateNarrowsIt) {
  request_.set_state(v1::Registration::STATE_WAITLISTED);
  const auto file = rosters_.ExportRoster(Staff(kHead, now_), request_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE(file->data().find("HT3"), std::string::npos);
  EXPECT_EQ(file->data().find("HT1"), std::string::npos);
}

TEST_F(RostersServiceTest, TheWorkbookIsOne) {
  request_.set_format(E::FORMAT_XLSX);
  const auto file = rosters_.ExportRoster(Staff(kHead, now_), request_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->content_type(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_TRUE(file->data().starts_with("PK\x03\x04"));
}

TEST_F(RostersServiceTest, MoreThanTheMostIsRefusedClearly) {
  RostersService small(dependencies_, 3);
  const rpc::Call call = Staff(kHead, now_);
  EXPECT_EQ(ReasonOf(small.ExportRoster(call, request_)), type::REASON_TOO_MANY_ITEMS);
  EXPECT_FALSE(call.audited);
  request_.set_state(v1::Registration::STATE_CONFIRMED);
  EXPECT_TRUE(small.ExportRoster(Staff(kHead, now_), request_).ok());
}

TEST_F(RostersServiceTest, OnlyStaffOfTheUnitExport) {
  for (const uint64_t staff : {kStranger, kApprover}) {
    EXPECT_EQ(ReasonOf(rosters_.ExportRoster(Staff(staff, now_), request_)), type::REASON_PERMISSION);
  }
  EXPECT_EQ(ReasonOf(rosters_.ExportRoster(Staff(kOtherAdmin, now_), request_)), type::REASON_NOT_FOUND);
  EXPECT_TRUE(rosters_.ExportRoster(Staff(kAdmin, now_), request_).ok());
}

TEST_F(RostersServiceTest, EveryExportIsRecorded) {
  const rpc::Call call = Staff(kHead, now_);
  ASSERT_TRUE(rosters_.ExportRoster(call, request_).ok());
  EXPECT_TRUE(call.audited);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE object = '" + shift_.name() +
                   "' AND details LIKE '%CSV%' AND details LIKE '%4%'"),
            1);
}

}  // namespace
}  // namespace wenming::activity
