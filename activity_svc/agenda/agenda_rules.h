// Which shifts a list of coming shifts shows. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/agenda/open_shift.h"
#include "wenming/activity/v1/agenda.pb.h"

namespace wenming::activity {

// What a caller wants to see of the coming shifts; members that are empty do not apply.
struct UpcomingFilter {
  std::unordered_set<uint64_t> units = {};
  v1::Method method = v1::METHOD_UNSPECIFIED;
  std::string theme = {};

  bool Selective() const { return !units.empty() || method != v1::METHOD_UNSPECIFIED || !theme.empty(); }
};

bool Matches(const UpcomingFilter& filter, const OpenShift& open);

// A stretch of time, from `begin` on and before `end`.
struct Stretch {
  absl::Time begin;
  absl::Time end;
};

// The days that a request asks for, by the calendar of China (UTC+8 all year); unbounded where it names none.
// INVALID_ARGUMENT for a day that is not in the calendar, or a last day before the first.
absl::StatusOr<Stretch> DaysOf(const v1::ListUpcomingShiftsRequest& request);

}  // namespace wenming::activity
