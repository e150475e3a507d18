// The sessions of one kind of caller that were ended while access tokens of theirs may still be valid, in memory.
//
// Filled from the sessions table by the service that keeps it, and in every other process from that service's stream.
// What stands here is forgotten when the last token of the session has expired. It fails closed like the directory:
// before it was heard of, and after `max_silence`, nobody knows who was logged out. For volunteers that silence may be
// infinite: their sessions can be ended by volunteer_svc alone, so nothing is missed while that is down, and what was
// heard before stays in force.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace wenming::auth {

// Thread-safe.
class Revocations {
 public:
  struct Entry {
    uint64_t session_id = 0;
    absl::Time forget_time;
  };
  // How far somebody has followed; the default has seen nothing.
  struct Position {
    uint64_t place = 0;
    absl::Time heard = absl::InfinitePast();
  };
  struct News {
    std::vector<Entry> entries;
    Position position;
  };

  explicit Revocations(absl::Duration max_silence) : max_silence_(max_silence) {}

  void Add(uint64_t session_id, absl::Time forget_time);
  // Everything that had ended a moment before `now` is here.
  void Hear(absl::Time now);
  // Drops what may be forgotten.
  void Forget(absl::Time now);

  bool Ready(absl::Time now) const;
  bool Contains(uint64_t session_id) const;

  // Waits until something was added, or it was heard again, after the position; at most for the timeout.
  News Await(const Position& after, absl::Duration timeout) const;

 private:
  const absl::Duration max_silence_;
  mutable absl::Mutex mutex_;
  std::map<uint64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);               // by the place in which they came
  absl::flat_hash_map<uint64_t, uint64_t> places_ ABSL_GUARDED_BY(mutex_);  // by session
  Position last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wenming::auth
