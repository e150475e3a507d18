// Gives committed outbox rows their place in the stream.
#ifndef WENMING_COMMON_OUTBOX_SEQUENCER_H_
#define WENMING_COMMON_OUTBOX_SEQUENCER_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/outbox/log.h"

namespace wenming::outbox {

struct SequencerOptions {
  absl::Duration poll = absl::Milliseconds(50);  // how often other processes' commits are looked for
  int batch = 500;                               // events moved in one transaction
};

// Hears of the work, for metrics and logs; called from the sequencer's thread.
class SequencerObserver {
 public:
  virtual ~SequencerObserver() = default;
  virtual void Sequenced(int /*events*/) {}
  // Told after each turn, also when there was nothing to do: what was written before then is in the stream.
  virtual void Level(absl::Time /*until*/) {}
  virtual void Failed(const absl::Status&) {}
};

// One thread that moves rows from `outbox` to `events` with a gapless cursor, wakes at once after a local commit that
// appended, and tells the Log how far the stream has got. Any number of processes may run one on the same schema: the
// row lock on `event_heads` makes them take turns.
//
// Thread-safe.
class Sequencer {
 public:
  // Starts. Takes the pool's announcement listener; `pool`, `log` and `observer` (may be null) must outlive this.
  Sequencer(db::Pool& pool, Log& log, SequencerOptions options = {}, SequencerObserver* observer = nullptr);
  // Stops after the transaction under way.
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Look now.
  void Notify();

 private:
  void Loop();
  // False when it is time to stop; `wake`: a notification ends the pause.
  bool Wait(absl::Duration pause, bool wake);

  db::Pool& pool_;
  Log& log_;
  const SequencerOptions options_;
  SequencerObserver* const observer_;
  absl::Mutex mutex_;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// What one turn of the sequencer found and did.
struct Sequenced {
  int events = 0;     // moved
  int64_t head = 0;   // cursor of the last event in the stream
  bool more = false;  // the batch was full
  absl::Time until;   // what was written before then is in the stream
};

// One turn, in the caller's thread: what the Sequencer does, for tools and tests.
absl::StatusOr<Sequenced> SequenceOnce(db::Pool& pool, int batch, absl::Time deadline);

}  // namespace wenming::outbox

#endif  // WENMING_COMMON_OUTBOX_SEQUENCER_H_
