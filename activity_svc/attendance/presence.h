// A presence as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

using PresenceState = v1::Attendance::State;
using Means = v1::Attendance::Means;
using Grade = v1::Attendance::Grade;
using Unenforced = v1::Attendance::Unenforced;

// A set of rules that could not be enforced; bit n is rule n.
constexpr uint32_t UnenforcedSet(std::initializer_list<Unenforced> rules) {
  uint32_t set = 0;
  for (const Unenforced rule : rules) set |= 1u << rule;
  return set;
}

// The two ends of a presence.
enum class Edge { kIn = 1, kOut = 2 };

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
  uint64_t check_in_pack = 0;        // the station pack that it was taken with; 0: none
  uint64_t check_out_pack = 0;
  uint32_t check_in_unenforced = 0;  // an UnenforcedSet
  uint32_t check_out_unenforced = 0;
  int minutes = 0;       // that count, by the rules
  bool flagged = false;  // the check-out was forgotten
  Grade grade = v1::Attendance::GRADE_UNSPECIFIED;
  std::string reason = {};
  absl::Time create_time = {};
  // From the copy of the volunteer; empty where there is none.
  std::string volunteer_number = {};
  std::string masked_name = {};
};

// One end of a presence, as it was taken.
struct Scan {
  absl::Time time = {};
  Means means = v1::Attendance::MEANS_UNSPECIFIED;
  int distance = -1;             // metres; -1: not known
  std::string device_hash = {};  // empty: no phone
  uint64_t pack_id = 0;          // 0: none
  uint32_t unenforced = 0;       // an UnenforcedSet
};
void SetEnd(Edge edge, const Scan& scan, Presence& presence);

// Whether it was by a code.
bool Scanned(Means means);

void ToProto(uint32_t unenforced, google::protobuf::RepeatedField<int>& rules);
v1::Attendance ToProto(const Presence& presence);

}  // namespace wenming::activity
