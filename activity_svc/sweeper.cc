#include "activity_svc/sweeper.h"

#include <algorithm>
#include <utility>

namespace wenming::activity {

Sweeper::Sweeper(SweeperOptions options, Turn turn, observe::Clock clock, const observe::Logger* logger)
    : options_(std::move(options)), turn_(std::move(turn)), clock_(std::move(clock)), logger_(logger), thread_([this] {
        Loop();
      }) {}

Sweeper::~Sweeper() {
  {
    const absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void Sweeper::Notify() {
  const absl::MutexLock lock(&mutex_);
  news_ = true;
}

void Sweeper::Loop() {
  while (true) {
    const absl::Duration pause = TakeTurn();
    const absl::MutexLock lock(&mutex_);
    const auto wake = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return news_ || stop_; };
    mutex_.AwaitWithTimeout(absl::Condition(&wake), pause);
    if (stop_) return;
    news_ = false;
  }
}

absl::Duration Sweeper::TakeTurn() {
  const absl::Time now = clock_();
  const auto next = turn_(now);
  if (next.ok()) return std::clamp(*next - now, absl::ZeroDuration(), options_.longest);
  if (logger_ != nullptr) {
    logger_->Warn("sweep failed", {{"sweeper", options_.name}, {"error", std::string(next.status().message())}});
  }
  return options_.after_error;
}

}  // namespace wenming::activity
