// Applies another service's events to this one's schema, each exactly once in effect.
#ifndef WENMING_COMMON_OUTBOX_CONSUMER_H_
#define WENMING_COMMON_OUTBOX_CONSUMER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::outbox {

// Where events come from: a stream over gRPC, or a Log in the same process.
class Source {
 public:
  virtual ~Source() = default;
  // The next events in order of cursor, all after `after`; waits for them, but not for ever: an empty answer is a sign
  // of life. `after` is the last event that the call before gave, or any other cursor to begin again from there. After
  // an error the consumer pauses and calls again.
  virtual absl::StatusOr<std::vector<events::v1::Event>> Next(int64_t after) = 0;
  // The cursor of the stream's last event, as the last Next has heard it; nothing where it was not told.
  virtual std::optional<int64_t> Head() const { return std::nullopt; }
  // Makes the Next under way, and every later one, return soon. Called from another thread.
  virtual void Cancel() = 0;
};

// Applies one event within the transaction that moves the cursor. May be run again with the same event (a retry), and
// must have no effect but through the transaction. Answers OK also for events it does not care about. UNAVAILABLE,
// ABORTED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED and UNKNOWN, and faults of the database that may pass, are
// transient: it is tried again, with growing pauses, for as long as it takes. Any other error is permanent: the event
// is parked and the stream goes on. Parked events are tried again whenever a consumer starts, that is with the next
// release, before anything new, and every now and then while it works (ConsumerOptions); the older ones first, so that
// of one key what can be applied is applied in order.
using Apply = std::function<absl::Status(db::Transaction&, const events::v1::Event&)>;

// Applies a batch of at least one event likewise, all or none, for who does many at once quicker than one by one. After
// a permanent error each event of the batch is given again alone, so that only what cannot be applied is parked.
using ApplyBatch = std::function<absl::Status(db::Transaction&, std::span<const events::v1::Event>)>;

// Hears of the work, for metrics, logs and alarms; called from the consumer's thread.
class ConsumerObserver {
 public:
  virtual ~ConsumerObserver() = default;
  // The cursor moved to the last of `events` events.
  virtual void Applied(int /*events*/, int64_t /*cursor*/, absl::Time /*record_time of the last*/) {}
  // The cursor was read: at the start, and where another replica has moved it.
  virtual void Loaded(int64_t /*cursor*/) {}
  // The source has told how far its stream gets.
  virtual void Heard(int64_t /*head*/) {}
  // So many events are parked, of all replicas; told every few seconds.
  virtual void Waiting(int64_t /*parked*/) {}
  virtual void Parked(const events::v1::Event&, const absl::Status&) {}
  virtual void Failed(const absl::Status&) {}
};

struct ConsumerOptions {
  std::string name;  // of the cursor: "org_svc"; at most 64 characters; replicas of one service share it
  int batch = 64;    // events applied in one transaction, at most
  absl::Duration first_pause = absl::Milliseconds(20);
  absl::Duration longest_pause = absl::Seconds(5);
  absl::Duration parked_pause = absl::Minutes(10);  // until parked events are tried again
  int parked_page = 64;                             // of them read at once, and tried between two looks at the stream
  absl::Duration count_pause = absl::Seconds(10);   // until parked events are counted again
};

// A thread that reads the source and applies it from where the cursor in `event_cursors` stands, also after a restart.
// Replicas that consume under one name share the work: of two that try the same event, the conditional UPDATE of the
// cursor lets one through.
//
// Thread-safe.
class Consumer {
 public:
  // Starts. `pool`, `source` and `observer` (may be null) must outlive this.
  Consumer(db::Pool& pool, Source& source, Apply apply, ConsumerOptions options, ConsumerObserver* observer = nullptr);
  Consumer(db::Pool& pool, Source& source, ApplyBatch apply, ConsumerOptions options,
           ConsumerObserver* observer = nullptr);
  // Cancels the source and stops after the transaction under way.
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // The last applied event's cursor, as this process knows it; -1 before it has been read.
  int64_t cursor() const;
  // Waits until the cursor has reached `cursor`; false after the timeout.
  bool WaitFor(int64_t cursor, absl::Duration timeout) const;

 private:
  void Loop();
  absl::Status CountParked();
  absl::Status TryParked(bool starting);
  absl::StatusOr<bool> TryParkedPage();
  absl::Status TryParkedEvent(const events::v1::Event& event);
  absl::Status LoadCursor();
  absl::Status Step();
  absl::Status Take(std::span<const events::v1::Event> batch);
  absl::Status ApplyAll(std::span<const events::v1::Event> batch);
  absl::Status Park(const events::v1::Event& event, const absl::Status& why);
  absl::Status MoveCursor(db::Transaction& transaction, int64_t to) const;
  void Moved(const events::v1::Event& last, size_t events);
  // False when it is time to stop.
  bool Pause(absl::Duration pause);
  bool stopping() const;

  db::Pool& pool_;
  Source& source_;
  const ApplyBatch apply_;
  const ConsumerOptions options_;
  ConsumerObserver* const observer_;
  // Of the thread alone: the last parked event that was tried, -1 at the beginning, and when to begin again.
  int64_t parked_after_ = -1;
  absl::Time parked_due_ = absl::InfinitePast();
  absl::Time count_due_ = absl::InfinitePast();
  mutable absl::Mutex mutex_;
  int64_t cursor_ ABSL_GUARDED_BY(mutex_) = -1;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace wenming::outbox

#endif  // WENMING_COMMON_OUTBOX_CONSUMER_H_
