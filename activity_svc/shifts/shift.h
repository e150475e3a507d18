// A shift as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wenming/activity/v1/shifts.pb.h"

namespace wenming::activity {

using ShiftState = v1::Shift::State;

// A value.
struct Shift {
  uint64_t id = 0;
  uint64_t activity_id = 0;
  std::string post = {};
  absl::Time start_time = {};
  absl::Time end_time = {};
  int capacity = 0;
  int waitlist_capacity = 0;
  int break_minutes = 0;
  int taken_count = 0;  // confirmed people and offers that are held
  int waitlisted_count = 0;
  int64_t waitlist_last_position = 0;
  bool accepting = false;  // the activity is open for sign-up
  ShiftState state = v1::Shift::STATE_OPEN;
  std::optional<absl::Time> publication_end_time = {};
  absl::Time create_time = {};
  std::vector<uint64_t> team_ids = {};   // for members of any of these; empty: for everybody
  std::vector<std::string> skills = {};  // for those who have all of these

  // Whoever waits goes first.
  bool HasPlace() const { return taken_count < capacity && waitlisted_count == 0; }
  bool HasWaitingRoom() const { return waitlisted_count < waitlist_capacity; }
};

v1::Shift ToProto(const Shift& shift);

}  // namespace wenming::activity
