// A supplement as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "wenming/activity/v1/supplements.pb.h"

namespace wenming::activity {

using SupplementState = v1::Supplement::State;
using SupplementMove = v1::MoveSupplementRequest::Move;

// A value.
struct Supplement {
  uint64_t id = 0;
  uint64_t shift_id = 0;
  uint64_t activity_id = 0;
  uint64_t volunteer_id = 0;
  absl::Time start_time = {};  // within the shift
  absl::Time end_time = {};
  int minutes = 0;  // that count
  std::string reason = {};
  std::string evidence = {};
  std::string evidence_reference = {};
  SupplementState state = v1::Supplement::STATE_REQUESTED;
  std::string requester = {};        // "staff/ID"
  std::string decider = {};          // likewise; empty: not decided
  std::string decision_reason = {};  // of a rejection or a reversal
  std::optional<absl::Time> publication_end_time = {};
  absl::Time create_time = {};
};

v1::Supplement ToProto(const Supplement& supplement);

}  // namespace wenming::activity
