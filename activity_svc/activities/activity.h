// An activity as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wenming/activity/v1/activities.pb.h"

namespace wenming::activity {

// A place on the earth, in degrees of WGS 84.
struct Point {
  double latitude = 0;
  double longitude = 0;

  friend bool operator==(const Point&, const Point&) = default;
};

// A value.
struct Activity {
  uint64_t id = 0;
  uint64_t unit_id = 0;
  uint64_t team_id = 0;  // 0: none
  std::string title = {};
  std::string content = {};
  v1::Method method = v1::METHOD_UNSPECIFIED;
  std::vector<std::string> themes = {};
  std::string place = {};
  std::optional<Point> location = {};
  int fence_metres = 0;  // 0: the policy's
  bool dangerous = false;
  std::string insurance_policy = {};  // its number; empty: none
  uint64_t person_in_charge_id = 0;
  v1::Activity::State state = v1::Activity::STATE_DRAFT;
  bool is_public = false;
  std::string reason = {};
  int64_t version = 1;
  absl::Time create_time = {};
  absl::Time update_time = {};
};

v1::Activity ToProto(const Activity& activity);

}  // namespace wenming::activity
