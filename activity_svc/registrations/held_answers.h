// Answers that go out a moment after their effect is committed, without a thread waiting for each.
//
// For whoever gives a place back, or may have: see FullShifts for why.
#pragma once

#include <deque>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "activity_svc/registrations/full_shifts.h"
#include "common/rpc/reply.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// Thread-safe. The destructor answers what is held, each in its time.
class HeldAnswers {
 public:
  // A twentieth more than what was read may be believed.
  static constexpr std::chrono::milliseconds kHeld = FullShifts::kHolds + FullShifts::kHolds / 20;

  HeldAnswers();
  ~HeldAnswers();
  HeldAnswers(const HeldAnswers&) = delete;
  HeldAnswers& operator=(const HeldAnswers&) = delete;

  // Call it after the commit. Errors wait as well: a place may have been given back with one, where an offer turned out
  // to have lapsed or nobody knows whether the commit took place.
  void Send(absl::StatusOr<v1::Registration> answer, rpc::Reply<v1::Registration> reply);

 private:
  struct Held {
    Moment due;
    absl::StatusOr<v1::Registration> answer;
    rpc::Reply<v1::Registration> reply;
  };

  void Loop();

  absl::Mutex mutex_;
  std::deque<Held> held_ ABSL_GUARDED_BY(mutex_);  // in order of time
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace wenming::activity
