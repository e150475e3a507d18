// A presence as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

using PresenceState = v1::Attendance::State;
using Means = v1::Attendance::Means;
using Grade = v1::Attendance::Grade;

// A value.
struct Presence {
  uint64_t registration_id = 0;
  uint64_t shift_id = 0;
  uint64_t volunteer_id = 0;
  PresenceState state = v1::Attendance::STATE_CHECKED_IN;
  absl::Time check_in_time = {};
  Means check_in_means = v1::Attendance::MEANS_UNSPECIFIED;
  int check_in_distance = -1;  // metres; -1: not known
  std::optional<absl::Time> check_out_time = {};
  Means check_out_means = v1::Attendance::MEANS_UNSPECIFIED;
  int check_out_distance = -1;
  std::string device_hash = {};      // at check-in; empty: no phone
  std::string out_device_hash = {};  // at check-out, likewise
  int minutes = 0;                   // that count, by the rules
  bool flagged = false;              // the check-out was forgotten
  Grade grade = v1::Attendance::GRADE_UNSPECIFIED;
  std::string reason = {};
  absl::Time create_time = {};
  // From the copy of the volunteer; empty where there is none.
  std::string volunteer_number = {};
  std::string masked_name = {};
};

v1::Attendance ToProto(const Presence& presence);

}  // namespace wenming::activity
