#include "common/auth/revocations.h"

#include <algorithm>

namespace wenming::auth {

void Revocations::Add(uint64_t session_id, absl::Time forget_time) {
  const absl::MutexLock lock(&mutex_);
  if (!places_.emplace(session_id, last_.place + 1).second) return;
  entries_.emplace(++last_.place, Entry{session_id, forget_time});
}

void Revocations::Hear(absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  last_.heard = std::max(last_.heard, now);
}

void Revocations::Forget(absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (at->second.forget_time > now) {
      ++at;
      continue;
    }
    places_.erase(at->second.session_id);
    at = entries_.erase(at);
  }
}

bool Revocations::Ready(absl::Time now) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return last_.heard != absl::InfinitePast() && now - last_.heard <= max_silence_;
}

bool Revocations::Contains(uint64_t session_id) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return places_.contains(session_id);
}

Revocations::News Revocations::Await(const Position& after, absl::Duration timeout) const {
  const absl::MutexLock lock(&mutex_);
  const auto news = [this, &after] {
    mutex_.AssertReaderHeld();
    return last_.place != after.place || last_.heard != after.heard;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&news), timeout);
  News found{.entries = {}, .position = last_};
  for (auto at = entries_.upper_bound(after.place); at != entries_.end(); ++at) found.entries.push_back(at->second);
  return found;
}

}  // namespace wenming::auth
