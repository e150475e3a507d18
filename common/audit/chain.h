// Gives committed records their place in the chain.
#pragma once

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/audit/record.h"
#include "common/db/pool.h"
#include "common/db/session.h"

namespace wenming::audit {

// Whose chain it is, and what it is made with.
struct ChainKey {
  std::string service;  // "org_svc"
  std::string key;      // the audit key
};

struct ChainerOptions {
  absl::Duration poll = absl::Milliseconds(200);  // how often committed records are looked for
  int batch = 500;                                // records moved in one transaction
};

// Hears of the work, for metrics and logs; called from the chainer's thread.
class ChainerObserver {
 public:
  virtual ~ChainerObserver() = default;
  virtual void Chained(int /*records*/) {}
  virtual void Failed(const absl::Status&) {}
};

// One thread that moves rows from `audit_pending` to `audit_records`, off the writers' path. Any number of processes
// may run one on the same schema: the row lock on `audit_heads` makes them take turns.
//
// Thread-safe.
class Chainer {
 public:
  // Starts; `pool` and `observer` (may be null) must outlive this.
  Chainer(db::Pool& pool, ChainKey key, ChainerOptions options = {}, ChainerObserver* observer = nullptr);
  // Stops after a turn that leaves nothing to move, or fails, so that a service that ends in order leaves nothing
  // pending of its own.
  ~Chainer();
  Chainer(const Chainer&) = delete;
  Chainer& operator=(const Chainer&) = delete;

 private:
  void Loop();
  bool Wait(absl::Duration pause);

  db::Pool& pool_;
  const ChainKey key_;
  const ChainerOptions options_;
  ChainerObserver* const observer_;
  absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// One turn, in the caller's thread: moves up to `batch` records and says how many there were.
absl::StatusOr<int> ChainOnce(db::Pool& pool, const ChainKey& key, int batch, absl::Time deadline);

// The end of the chain as the database tells it.
absl::StatusOr<Head> LoadHead(db::Session& session);

}  // namespace wenming::audit
