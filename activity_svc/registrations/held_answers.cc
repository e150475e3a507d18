#include "activity_svc/registrations/held_answers.h"

#include <utility>

namespace wenming::activity {

HeldAnswers::HeldAnswers() : thread_([this] { Loop(); }) {}

HeldAnswers::~HeldAnswers() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void HeldAnswers::Send(absl::StatusOr<v1::Registration> answer, rpc::Reply<v1::Registration> reply) {
  absl::MutexLock lock(&mutex_);
  held_.push_back({std::chrono::steady_clock::now() + kHeld, std::move(answer), std::move(reply)});
}

void HeldAnswers::Loop() {
  const auto news = [this] {
    mutex_.AssertHeld();
    return stopping_ || !held_.empty();
  };
  for (;;) {
    mutex_.LockWhen(absl::Condition(&news));
    if (held_.empty()) {
      mutex_.Unlock();
      return;
    }
    Held next = std::move(held_.front());
    held_.pop_front();
    mutex_.Unlock();
    std::this_thread::sleep_until(next.due);
    next.reply.Send(next.answer);
  }
}

}  // namespace wenming::activity
