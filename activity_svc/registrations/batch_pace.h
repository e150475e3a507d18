// How fast a lane gets on that decides batches, one after the other.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/time/time.h"

namespace wenming::activity {

// Not thread-safe.
class BatchPace {
 public:
  explicit BatchPace(size_t batch) : batch_(batch) {}

  void Began(absl::Time now) { began_ = now; }
  void Ended(absl::Time now);

  // How long somebody who comes now, and has so many before him in the line, will wait until his batch begins.
  absl::Duration Wait(size_t before, absl::Time now) const;

 private:
  const size_t batch_;                          // taken at once, at most
  std::optional<absl::Time> began_;             // the one at hand
  absl::Duration took_ = absl::ZeroDuration();  // the one before
};

}  // namespace wenming::activity
