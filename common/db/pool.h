// A bounded set of database connections, each with its prepared statements.
#ifndef WENMING_COMMON_DB_POOL_H_
#define WENMING_COMMON_DB_POOL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace sql {
class Driver;
}

namespace wenming::db {

class Connection;

struct PoolOptions {
  std::string socket;  // path of a unix socket; when empty, host and port
  std::string host = "127.0.0.1";
  int port = 3306;
  std::string user;
  std::string password;
  std::string schema;
  int connections = 8;  // at most; opened as needed
  // At most this long for a free connection, and never beyond the caller's deadline.
  absl::Duration acquire_timeout = absl::Seconds(5);
  absl::Duration connect_timeout = absl::Seconds(3);  // whole seconds count
  absl::Duration read_timeout = absl::Seconds(30);    // for one statement's answer; whole seconds count
  absl::Duration lock_wait = absl::Seconds(5);        // innodb_lock_wait_timeout; whole seconds count
  absl::Duration ping_after = absl::Seconds(30);      // idle for longer: asked whether it lives before use
  absl::Duration recycle_after = absl::Minutes(30);   // older: closed, so that load spreads over new servers
  int statements = 256;                               // prepared statements kept on each connection
};

// Hears what the pool does, for metrics and logs. Called from many threads; must not call the pool.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void Acquired(absl::Duration /*waited*/) {}
  virtual void Connected() {}
  virtual void ConnectionLost() {}
  virtual void Committed(absl::Duration /*of the whole transaction, retries included*/) {}
  // The transaction is about to run again; `number` is the server's error.
  virtual void Retried(int /*number*/) {}
  // A statement failed; `text` is the server's and for logs only.
  virtual void Failed(int /*number*/, std::string_view /*text*/) {}
};

struct PoolStats {
  int open = 0;     // connections, in use or idle
  int in_use = 0;   // of them
  int waiting = 0;  // callers without one
};

// Thread-safe. Must outlive every session and transaction run on it.
class Pool {
 public:
  // Connects once, so that a wrong password or a missing server shows at once: UNAVAILABLE, or INTERNAL when refused.
  // `driver` is what sql::mysql::get_driver_instance() gave to main; `observer` may be null and must outlive the pool.
  static absl::StatusOr<std::unique_ptr<Pool>> Open(sql::Driver* driver, PoolOptions options,
                                                    PoolObserver* observer = nullptr);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  PoolStats Stats() const;
  const PoolOptions& options() const { return options_; }

  // Sets who is called, from the committing thread, after each commit of a transaction that announced itself;
  // nullptr ends it and waits for a call under way.
  void OnAnnouncement(std::function<void()> listener);

  // Opens and lends connections to the runners of transaction.h; nobody else needs to.
  friend class SessionAccess;

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    absl::Time since;
  };

  Pool(sql::Driver* driver, PoolOptions options, PoolObserver* observer);

  absl::StatusOr<std::unique_ptr<Connection>> Acquire(absl::Time deadline);
  absl::StatusOr<std::unique_ptr<Connection>> Connect();
  void Release(std::unique_ptr<Connection> connection);
  void Announce();

  sql::Driver* const driver_;
  const PoolOptions options_;
  PoolObserver* const observer_;
  PoolObserver silent_;

  mutable absl::Mutex mutex_;
  std::vector<Idle> idle_ ABSL_GUARDED_BY(mutex_);
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  // Idle since before this moment: asked whether it lives before use, for a neighbour was found dead.
  absl::Time suspect_before_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();

  absl::Mutex announcement_mutex_;
  std::function<void()> announcement_ ABSL_GUARDED_BY(announcement_mutex_);
};

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_POOL_H_
