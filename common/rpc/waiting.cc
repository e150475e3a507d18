#include "common/rpc/waiting.h"

#include <algorithm>

#include "common/errors/errors.h"

namespace wenming::rpc {
namespace {

constexpr int kWeight = 16;  // a task changes the mean by a part of so many
// Who is told to come back sooner only adds to the crowd; what is further away nobody can tell.
constexpr absl::Duration kSoonest = absl::Seconds(1);
constexpr absl::Duration kLatest = absl::Seconds(10);
// One task that takes long says little of the others: it counts for so many times the mean at most.
constexpr int kMostTimes = 4;

}  // namespace

bool MayWait(absl::Duration left, absl::Duration wait) { return wait <= left / 3; }

absl::Status ComeBackAfter(absl::Duration wait) {
  return errors::Overloaded(std::clamp(absl::Ceil(wait, absl::Seconds(1)), kSoonest, kLatest));
}

absl::Status CheckWaited(const Call& call, absl::Time now, double most) {
  if (now >= call.deadline) return errors::DeadlineExceeded();
  if (now - call.arrival > most * (call.deadline - call.arrival)) return ComeBackAfter(kSoonest);
  return absl::OkStatus();
}

void TaskPace::Took(absl::Duration task) {
  mean_ = mean_ == absl::ZeroDuration() ? task : mean_ + (std::min(task, kMostTimes * mean_) - mean_) / kWeight;
}

}  // namespace wenming::rpc
