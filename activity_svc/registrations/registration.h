// A registration as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

using RegistrationState = v1::Registration::State;

// A value.
struct Registration {
  uint64_t id = 0;
  uint64_t shift_id = 0;
  uint64_t activity_id = 0;
  uint64_t volunteer_id = 0;
  RegistrationState state = v1::Registration::STATE_CONFIRMED;
  int64_t waitlist_position = 0;                     // 0: confirmed at once
  std::optional<absl::Time> offer_expire_time = {};  // set exactly while OFFERED
  absl::Time start_time = {};                        // the shift's
  absl::Time end_time = {};
  absl::Time create_time = {};
  absl::Time update_time = {};
  // From the copy of the volunteer; empty where there is none.
  std::string volunteer_number = {};
  std::string masked_name = {};
  std::string reason = {};  // why it was cancelled
};

v1::Registration ToProto(const Registration& registration);

}  // namespace wenming::activity
