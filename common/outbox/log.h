// The stream of a service's own events, as its subscribers read it.
#ifndef WENMING_COMMON_OUTBOX_LOG_H_
#define WENMING_COMMON_OUTBOX_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::outbox {

// A piece of the stream.
struct Batch {
  std::vector<events::v1::Event> events;
  int64_t read_to = 0;  // every event up to this cursor has been looked at; read on after it
};

// Thread-safe.
class Log {
 public:
  explicit Log(db::Pool& pool) : pool_(pool) {}

  // Up to `limit` events after the cursor, in order; with `types` (full names of payload messages) only those, and then
  // the batch may be empty although there is more: `read_to` says how far it looked.
  absl::StatusOr<Batch> Read(int64_t after, int limit, const std::vector<std::string>& types,
                             absl::Time deadline) const;

  // Waits until there are events after the cursor, the timeout has passed, or Close; says whether there are. Needs a
  // Sequencer in this process, which calls Advance.
  bool WaitBeyond(int64_t after, absl::Duration timeout) const;

  // The cursor of the last event, 0 before the first; nothing where nobody has looked within the last `age`.
  std::optional<int64_t> Head(absl::Duration age) const;

  // Somebody has looked: the stream gets this far.
  void Advance(int64_t head);

  // Wakes all waiters for good, for shutting down.
  void Close();
  bool closed() const;

 private:
  db::Pool& pool_;
  mutable absl::Mutex mutex_;
  int64_t head_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time look_time_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace wenming::outbox

#endif  // WENMING_COMMON_OUTBOX_LOG_H_
