// Records of calls that were refused: they have no transaction of their own to stand in.
#pragma once

#include <map>
#include <string>
#include <thread>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/audit/trail.h"
#include "common/db/pool.h"
#include "common/rpc/call.h"

namespace wenming::audit {

struct RefusalsOptions {
  absl::Duration window = absl::Seconds(10);  // refusals of one kind within it make one record
  size_t kinds = 100;                         // kept in a window; what goes beyond is only counted
};

// Hears of the work, for metrics and logs; called from any thread.
class RefusalsObserver {
 public:
  virtual ~RefusalsObserver() = default;
  virtual void Dropped(int /*refusals*/) {}
  virtual void Failed(const absl::Status&) {}
};

// Gathers refusals and writes them from one thread of its own, so that no call waits for it. Who is refused again and
// again cannot fill the table: refusals with the same caller, address, method and result within a window become one
// record with a count, of the first of them, and a window holds a bounded number of kinds.
//
// Thread-safe.
class Refusals {
 public:
  // Starts; what it refers to must outlive it. `observer` may be null.
  Refusals(db::Pool& db, const Trail& trail, RefusalsOptions options = {}, RefusalsObserver* observer = nullptr);
  // Writes what it has, then stops.
  ~Refusals();
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;

  // Does not wait.
  void Add(const rpc::Call& call, const google::protobuf::Message& request, absl::StatusCode code);

 private:
  using Kind = std::tuple<std::string, std::string, std::string, absl::StatusCode>;  // subject, address, method
  struct Refused {
    rpc::Call call;  // the first of them
    std::string object;
    int count = 0;
  };
  using Window = std::map<Kind, Refused>;

  void Loop();
  absl::Status Write(const Window& window) const;

  db::Pool& db_;
  const Trail& trail_;
  const RefusalsOptions options_;
  RefusalsObserver* const observer_;
  absl::Mutex mutex_;
  Window window_ ABSL_GUARDED_BY(mutex_);
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace wenming::audit
