#include "activity_svc/registrations/full_shifts.h"

#include <algorithm>

namespace wenming::activity {

void FullShifts::Learn(uint64_t center_id, uint64_t shift_id, Moment since, std::vector<uint64_t> registered) {
  const Moment now = clock_();
  absl::MutexLock lock(&mutex_);
  // What was forgotten in time needs no room; there are as many as are full and asked for within kHolds.
  std::erase_if(full_, [now](const auto& entry) { return now >= entry.second.since + kHolds; });
  Full& full = full_[{center_id, shift_id}];
  if (full.since < since) full = {.since = since, .registered = std::move(registered)};
}

bool FullShifts::Refuses(uint64_t center_id, uint64_t shift_id, uint64_t volunteer_id) {
  const Moment now = clock_();
  absl::MutexLock lock(&mutex_);
  const auto found = full_.find({center_id, shift_id});
  if (found == full_.end()) return false;
  Full& full = found->second;
  if (now >= full.since + kHolds) return false;
  if (std::binary_search(full.registered.begin(), full.registered.end(), volunteer_id)) return false;
  if (!full.asked && now >= full.since + kHolds / 2) {
    full.asked = true;
    return false;
  }
  return true;
}

}  // namespace wenming::activity
