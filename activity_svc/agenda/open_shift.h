// A coming shift and a shift of one's own as the lists show them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "activity_svc/activities/activity.h"
#include "activity_svc/attendance/presence.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"
#include "wenming/activity/v1/agenda.pb.h"

namespace wenming::activity {

// A shift with its activity; of both only what lists show is set. A value.
struct OpenShift {
  Shift shift = {};
  Activity activity = {};
};

// A registration with its shift and its presence. A value.
struct OwnShift {
  Registration registration = {};
  std::string post = {};
  std::string title = {};
  std::string place = {};
  std::optional<Point> location = {};
  PresenceState presence = v1::Attendance::STATE_UNSPECIFIED;  // UNSPECIFIED: none
  std::optional<absl::Time> check_in_time = {};
  std::optional<absl::Time> check_out_time = {};
  int minutes = 0;  // that count
  Grade grade = v1::Attendance::GRADE_UNSPECIFIED;
};

v1::UpcomingShift ToProto(const OpenShift& open);
v1::MyShift ToProto(const OwnShift& own);

}  // namespace wenming::activity
