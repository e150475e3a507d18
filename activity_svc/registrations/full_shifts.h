// Which shifts were full a moment ago, so that those who come too late are refused without asking the database.
//
// What is remembered of a shift was read under its lock, at or after `since`: it was open, had no place and no room on
// its waiting list. It is believed until `since` + kHolds and not longer. Never does anybody who signs up after a place
// was given back and its giver was answered get a refusal from here, whichever processes they ask:
//
//   - Whoever gives a place back is answered no sooner than kHolds after his transaction was committed (HeldAnswers).
//   - What says "full" was read before that commit (after it the shift was not full), so `since` lies before it, and
//     what was read is not believed any more when he is answered.
//   - Each process measures a length on its own monotonic clock; clocks are never compared. A clock that runs slower
//     than the other by a hundredth is covered by HeldAnswers' margin.
//
// The database stays the only truth: nobody is let in from here. Who has any registration in the shift, live or gone,
// is not refused from here either, so that a repeated request still gets its first answer. (Whoever used a request id
// for something else is told that the shift is full instead; nothing is done for him in either case.)
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace wenming::activity {

using Moment = std::chrono::steady_clock::time_point;

// Thread-safe.
class FullShifts {
 public:
  // Long enough that a rush asks the database fifty to a hundred times a second instead of thirty thousand; short
  // enough that nobody notices it when he gives his place back, which is when it is waited for.
  static constexpr std::chrono::milliseconds kHolds{20};
  // Shifts with more registrations than this are not remembered, and not read where their live ones alone are more.
  static constexpr int kMostRegistered = 2000;

  explicit FullShifts(std::function<Moment()> clock = std::chrono::steady_clock::now) : clock_(std::move(clock)) {}

  // The clock that `since` is taken from.
  Moment Now() const { return clock_(); }

  // The shift was full when read after `since`; `registered` are those who have a registration in it, sorted.
  void Learn(uint64_t center_id, uint64_t shift_id, Moment since, std::vector<uint64_t> registered);

  // Whether the person is refused. In the second half of the time one caller is not, so that who decides for him reads
  // the shift again before the others have to.
  bool Refuses(uint64_t center_id, uint64_t shift_id, uint64_t volunteer_id);

 private:
  struct Full {
    Moment since;
    bool asked = false;  // somebody is on the way to read it again
    std::vector<uint64_t> registered;
  };
  using Key = std::pair<uint64_t, uint64_t>;

  const std::function<Moment()> clock_;
  absl::Mutex mutex_;
  std::map<Key, Full> full_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wenming::activity
