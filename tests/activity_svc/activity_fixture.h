// Activity_svc on a schema of its own: a center with an institute and a station, their staff, and any number of
// volunteers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "activity_svc/activities/activities_service.h"
#include "activity_svc/attendance/attendance_service.h"
#include "activity_svc/attendance/check_code.h"
#include "activity_svc/dependencies.h"
#include "activity_svc/handovers/handovers_service.h"
#include "activity_svc/metrics.h"
#include "activity_svc/policies/policies_service.h"
#include "activity_svc/registrations/registrations_service.h"
#include "activity_svc/shifts/shifts_service.h"
#include "activity_svc/station_packs/station_packs_service.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "common/paging/paging.h"
#include "prometheus/registry.h"
#include "tests/support/test_call.h"
#include "tests/support/test_database.h"

namespace wenming::activity {

inline constexpr uint64_t kCenter = 0x1000;
inline constexpr uint64_t kInstitute = 0x1001;
inline constexpr uint64_t kStation = 0x1002;
inline constexpr uint64_t kOtherStation = 0x1003;
inline constexpr uint64_t kOtherCenter = 0x2000;
// Writes and runs at the station; approves at the institute; everything at the center; nothing at all.
inline constexpr uint64_t kHead = 0x11;
inline constexpr uint64_t kApprover = 0x12;
inline constexpr uint64_t kAdmin = 0x13;
inline constexpr uint64_t kStranger = 0x14;
inline constexpr uint64_t kOtherAdmin = 0x15;

class ActivityTest : public ::testing::Test {
 protected:
  explicit ActivityTest(int connections = 8);

  // Calls at a time of the test's choosing.
  rpc::Call Staff(uint64_t staff_id, absl::Time now) const;
  rpc::Call Person(uint64_t volunteer_id, absl::Time now) const;
  rpc::Call Anybody(absl::Time now) const;

  // Stores a volunteer as volunteer_svc's events would.
  void AddVolunteer(uint64_t id, bool active = true);

  // A draft at the station, and a shift in it. They end the test program's case when refused.
  v1::CreateActivityRequest DraftRequest() const;
  v1::Activity Draft();
  v1::Shift AddShift(const std::string& activity, absl::Time start, absl::Duration length, int capacity, int waitlist,
                     int break_minutes = 0);
  v1::Activity Move(const std::string& activity, v1::MoveActivityRequest::Move move, uint64_t staff_id);
  absl::StatusOr<v1::Activity> TryMove(const std::string& activity, v1::MoveActivityRequest::Move move,
                                       uint64_t staff_id, const std::string& reason = "原因");
  // Draft, one shift that begins at `start_`, submitted and published.
  v1::Shift Published(int capacity, int waitlist, int break_minutes = 0);
  v1::Shift PublishedAt(absl::Time start, absl::Duration length, int capacity, int waitlist, int break_minutes = 0);

  absl::StatusOr<v1::Registration> SignUp(uint64_t volunteer_id, const std::string& shift,
                                          const std::string& request_id = "");
  // Signs up by any call, and waits for the answer.
  static absl::StatusOr<v1::Registration> SignUp(RegistrationsService& service, const rpc::Call& call,
                                                 const v1::CreateRegistrationRequest& request);
  absl::StatusOr<v1::Registration> Cancel(const v1::Registration& registration, absl::Time now);
  absl::StatusOr<v1::Registration> Accept(const v1::Registration& registration, absl::Time now);
  v1::Registration Get(const v1::Registration& registration);
  v1::Shift GetShift(const std::string& name);
  static uint64_t IdOf(const std::string& name);
  static uint64_t VolunteerOf(const v1::Registration& registration);

  // One number of a query, as root would see it.
  int64_t Number(const std::string& sql);

  const absl::Time now_ = test::Morning();
  const absl::Time start_ = now_ + absl::Hours(24);

  test::TestDatabase database_;
  test::TestDirectory directory_;
  prometheus::Registry registry_;
  const Metrics metrics_{registry_};
  const CheckCodes codes_{"a secret of the tests' own"};
  const paging::Pager pager_{"another secret of the tests"};
  ids::Generator ids_;
  const audit::Trail trail_{database_.pool(), ids_};
  const Dependencies dependencies_;
  PoliciesService policies_{dependencies_};
  ActivitiesService activities_{dependencies_};
  ShiftsService shifts_{dependencies_};
  RegistrationsService registrations_{dependencies_};
  AttendanceService attendance_{dependencies_};
  HandoversService handovers_{dependencies_};
  StationPacksService station_packs_{dependencies_};
};

// Why a call was refused; UNSPECIFIED when it was not.
template <typename T>
type::Reason ReasonOf(const absl::StatusOr<T>& result) {
  return errors::ReasonOf(result.status());
}

}  // namespace wenming::activity
