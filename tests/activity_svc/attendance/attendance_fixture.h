// A published shift with people in it, and every way in which their presence becomes known.
#pragma once

#include <string>
#include <vector>

#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {

class PresenceTest : public ActivityTest {
 protected:
  using A = v1::Attendance;

  // Eight people with a place in a shift of two hours; their ids are 1 to 8, their phones "phone-1" and so on.
  PresenceTest();

  // The way by one's own phone, at the place.
  absl::StatusOr<v1::Attendance> Self(A::End end, uint64_t who, absl::Time now);
  // The way by the organiser who scans what the person's phone shows at `shown`; `placed`: with the position.
  std::string Code(uint64_t who, absl::Time shown, const std::string& device = "") const;
  absl::StatusOr<v1::Attendance> ScanText(A::End end, const std::string& code, absl::Time now, bool placed = true,
                                          uint64_t staff = kHead);
  absl::StatusOr<v1::Attendance> Scan(A::End end, uint64_t who, absl::Time now, bool placed = true);
  // The leader's list.
  static void AddLine(v1::RecordAttendancesRequest& request, const std::string& registration, absl::Time in,
                      absl::Time out);
  absl::StatusOr<v1::RecordAttendancesResponse> RecordLines(const v1::RecordAttendancesRequest& request, absl::Time now,
                                                            uint64_t staff = kHead);
  // The way through a station without network. `scanned`: with the code that the phone showed at that time.
  absl::StatusOr<v1::StationPack> Issue(absl::Time now, uint64_t staff = kHead);
  v1::StationRecord Record(const std::string& id, uint64_t who, A::End end, absl::Time time, bool scanned) const;
  absl::StatusOr<v1::UploadStationRecordsResponse> Upload(const std::string& pass,
                                                          const std::vector<v1::StationRecord>& records,
                                                          absl::Time now);
  // Of one record: what became of it.
  v1::UploadStationRecordsResponse::Result UploadOne(const std::string& pass, const v1::StationRecord& record,
                                                     absl::Time now);

  absl::StatusOr<v1::Shift> End(absl::Time now);
  std::vector<v1::Attendance> List();

  const absl::Time end_ = start_ + absl::Hours(2);
  v1::Shift shift_;
  std::vector<v1::Registration> all_;  // all_[who - 1]
};

}  // namespace wenming::activity
