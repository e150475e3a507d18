#include "tests/activity_svc/attendance/attendance_fixture.h"

#include "activity_svc/attendance/personal_code.h"
#include "activity_svc/names.h"
#include "common/crypto/digest.h"

namespace wenming::activity {
namespace {

std::string Phone(uint64_t who) { return "phone-" + std::to_string(who); }

template <typename Message>
void PutAtThePlace(Message& message) {
  message.mutable_location()->set_latitude(36.2540);
  message.mutable_location()->set_longitude(111.6755);
  message.set_accuracy_metres(20);
}

}  // namespace

PresenceTest::PresenceTest() : shift_(Published(8, 0)) {
  for (uint64_t id = 1; id <= 8; ++id) {
    AddVolunteer(id);
    all_.push_back(*SignUp(id, shift_.name()));
  }
}

absl::StatusOr<v1::Attendance> PresenceTest::Self(A::End end, uint64_t who, absl::Time now) {
  v1::Evidence evidence;
  evidence.set_code(codes_.At(IdOf(shift_.name()), now));
  evidence.set_device_id(Phone(who));
  PutAtThePlace(evidence);
  if (end == A::END_IN) {
    v1::CheckInRequest request;
    request.set_registration(all_[who - 1].name());
    *request.mutable_evidence() = evidence;
    return attendance_.CheckIn(Person(who, now), request);
  }
  v1::CheckOutRequest request;
  request.set_registration(all_[who - 1].name());
  *request.mutable_evidence() = evidence;
  return attendance_.CheckOut(Person(who, now), request);
}

std::string PresenceTest::Code(uint64_t who, absl::Time shown, const std::string& device) const {
  const uint64_t id = IdOf(all_[who - 1].name());
  return PersonalCodeAt(codes_.PersonalKey(id, VolunteerOf(all_[who - 1])), id,
                        crypto::Sha256(device.empty() ? Phone(who) : device), shown);
}

absl::StatusOr<v1::Attendance> PresenceTest::ScanText(A::End end, const std::string& code, absl::Time now, bool placed,
                                                      uint64_t staff) {
  v1::ScanVolunteerRequest request;
  request.set_shift(shift_.name());
  request.set_code(code);
  request.set_end(end);
  if (placed) PutAtThePlace(request);
  return attendance_.ScanVolunteer(Staff(staff, now), request);
}

absl::StatusOr<v1::Attendance> PresenceTest::Scan(A::End end, uint64_t who, absl::Time now, bool placed) {
  return ScanText(end, Code(who, now), now, placed);
}

void PresenceTest::AddLine(v1::RecordAttendancesRequest& request, const std::string& registration, absl::Time in,
                           absl::Time out) {
  auto& line = *request.add_lines();
  line.set_registration(registration);
  *line.mutable_check_in_time() = ToProto(in);
  *line.mutable_check_out_time() = ToProto(out);
}

absl::StatusOr<v1::RecordAttendancesResponse> PresenceTest::RecordLines(const v1::RecordAttendancesRequest& request,
                                                                        absl::Time now, uint64_t staff) {
  v1::RecordAttendancesRequest whole = request;
  whole.set_shift(shift_.name());
  if (whole.reason().empty()) whole.set_reason("手机没电");
  return attendance_.RecordAttendances(Staff(staff, now), whole);
}

absl::StatusOr<v1::StationPack> PresenceTest::Issue(absl::Time now, uint64_t staff) {
  v1::IssueStationPackRequest request;
  request.set_shift(shift_.name());
  return station_packs_.IssueStationPack(Staff(staff, now), request);
}

v1::StationRecord PresenceTest::Record(const std::string& id, uint64_t who, A::End end, absl::Time time,
                                       bool scanned) const {
  v1::StationRecord record;
  record.set_record_id(id);
  record.set_registration(all_[who - 1].name());
  record.set_end(end);
  *record.mutable_capture_time() = ToProto(time);
  if (scanned) record.set_code(Code(who, time));
  PutAtThePlace(record);
  return record;
}

absl::StatusOr<v1::UploadStationRecordsResponse> PresenceTest::Upload(const std::string& pass,
                                                                      const std::vector<v1::StationRecord>& records,
                                                                      absl::Time now) {
  v1::UploadStationRecordsRequest request;
  request.set_shift(shift_.name());
  request.set_pass(pass);
  *request.mutable_sent_time() = ToProto(now);
  for (const v1::StationRecord& record : records) *request.add_records() = record;
  return station_packs_.UploadStationRecords(Staff(kHead, now), request);
}

v1::UploadStationRecordsResponse::Result PresenceTest::UploadOne(const std::string& pass,
                                                                 const v1::StationRecord& record, absl::Time now) {
  const auto response = Upload(pass, {record}, now);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok() || response->results_size() != 1) return {};
  return response->results(0);
}

absl::StatusOr<v1::Shift> PresenceTest::End(absl::Time now) {
  v1::EndShiftRequest request;
  request.set_name(shift_.name());
  return attendance_.EndShift(Staff(kHead, now), request);
}

std::vector<v1::Attendance> PresenceTest::List() {
  v1::ListAttendancesRequest request;
  request.set_parent(shift_.name());
  const auto page = attendance_.ListAttendances(Staff(kHead, now_), request);
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok()) return {};
  return {page->attendances().begin(), page->attendances().end()};
}

}  // namespace wenming::activity
