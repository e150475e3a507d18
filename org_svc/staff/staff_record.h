// A member of staff as this service keeps it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wenming/org/v1/events.pb.h"
#include "wenming/org/v1/staff.pb.h"

namespace wenming::org {

// A role on a unit (0: on the platform) and on all below it.
struct Binding {
  std::string role;
  uint64_t unit_id = 0;

  friend auto operator<=>(const Binding&, const Binding&) = default;
};

struct StaffRecord {
  uint64_t center_id = 0;  // 0 for the platform's own
  uint64_t id = 0;
  std::string username;
  std::string display_name;
  v1::StaffMember::State state = v1::StaffMember::STATE_ACTIVE;
  int64_t version = 1;
  absl::Time create_time;
  bool must_change = false;       // the password
  bool second_factor = false;     // is enrolled
  uint64_t volunteer_id = 0;      // that the person is too; 0 for none
  std::vector<Binding> bindings;  // sorted
};

v1::StaffMember ToMember(const StaffRecord& record);
v1::StaffChanged ToEvent(const StaffRecord& record);

}  // namespace wenming::org
