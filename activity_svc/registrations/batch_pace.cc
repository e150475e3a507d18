#include "activity_svc/registrations/batch_pace.h"

#include <algorithm>

namespace wenming::activity {

void BatchPace::Ended(absl::Time now) {
  if (began_) took_ = std::max(now - *began_, absl::ZeroDuration());
  began_ = std::nullopt;
}

absl::Duration BatchPace::Wait(size_t before, absl::Time now) const {
  const absl::Duration of_batches = static_cast<double>(before / batch_) * took_;
  if (!began_) return of_batches;
  // What lasts longer than the one before may last as long again.
  const absl::Duration lasts = now - *began_;
  return of_batches + (lasts < took_ ? took_ - lasts : lasts);
}

}  // namespace wenming::activity
