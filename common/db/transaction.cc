#include "common/db/transaction.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "common/db/connection.h"
#include "common/db/errors.h"

namespace wenming::db {
namespace {

// Enough for any collision that resolves itself; what still collides then would go on for ever.
constexpr int kMostAttempts = 64;
constexpr absl::Duration kFirstPause = absl::Milliseconds(1);
constexpr absl::Duration kLongestPause = absl::Milliseconds(64);

// Sleeps up to twice as long as before, at random, so that those who collided come back apart; false when there is no
// time left for it.
bool PauseBefore(int attempt, absl::Time deadline) {
  if (attempt >= kMostAttempts) return false;
  thread_local absl::InsecureBitGen random;
  const absl::Duration most = std::min(kLongestPause, kFirstPause * (1 << std::min(attempt, 10)));
  const absl::Duration pause = most * absl::Uniform(random, 0.0, 1.0);
  if (absl::Now() + pause >= deadline) return false;
  absl::SleepFor(pause);
  return true;
}

// Says nothing of whether an earlier attempt took effect.
bool IsPassing(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

}  // namespace

// What the runners may do with a session, and nobody else.
class SessionAccess {
 public:
  // How one attempt ended.
  struct End {
    absl::Status status;
    bool again = false;
    bool announce = false;
  };

  static End Attempt(Pool& pool, const TransactionOptions& options,
                     absl::FunctionRef<absl::Status(Transaction&)> body) {
    absl::StatusOr<Lease> lease = Lease::From(pool, options.deadline);
    if (!lease.ok()) return {lease.status()};
    Connection& connection = lease->connection();
    if (absl::Status status = connection.Command("START TRANSACTION"); !status.ok()) {
      return {status, IsConnectionLost(status)};
    }
    Transaction transaction(connection);
    absl::Status status = body(transaction);
    if (!transaction.broken_.ok()) {
      RollBack(connection);
      return {transaction.broken_, true};
    }
    if (!status.ok()) {
      RollBack(connection);
      return {std::move(status)};
    }
    status = connection.Command("COMMIT");
    if (status.ok()) return {status, false, transaction.announce_};
    if (IsConflict(status)) {
      RollBack(connection);
      return {std::move(status), true};
    }
    connection.MarkLost();
    return {CommitUnknown(status), options.repeatable};
  }

  static void Announce(Pool& pool) { pool.Announce(); }
  static PoolObserver& Observer(Pool& pool) { return *pool.observer_; }

  static End AttemptRead(Pool& pool, absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body) {
    absl::StatusOr<Lease> lease = Lease::From(pool, deadline);
    if (!lease.ok()) return {lease.status()};
    Session session(lease->connection());
    absl::Status status = body(session);
    return {std::move(status), IsConnectionLost(session.broken_)};
  }

 private:
  // A connection that goes back to its pool.
  class Lease {
   public:
    static absl::StatusOr<Lease> From(Pool& pool, absl::Time deadline) {
      absl::StatusOr<std::unique_ptr<Connection>> connection = pool.Acquire(deadline);
      if (!connection.ok()) return connection.status();
      return Lease(pool, *std::move(connection));
    }
    ~Lease() {
      if (connection_ != nullptr) pool_->Release(std::move(connection_));
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;

    Connection& connection() { return *connection_; }

   private:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}

    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // A rollback that fails leaves the connection in a state that nobody knows.
  static void RollBack(Connection& connection) {
    if (connection.lost()) return;
    if (!connection.Command("ROLLBACK").ok()) connection.MarkLost();
  }
};

namespace internal {

absl::Status RunTransaction(Pool& pool, const TransactionOptions& options,
                            absl::FunctionRef<absl::Status(Transaction&)> body) {
  const absl::Time begin = absl::Now();
  bool unknown = false;  // an attempt may have been committed without our knowing
  for (int attempt = 0;; ++attempt) {
    SessionAccess::End end = SessionAccess::Attempt(pool, options, body);
    if (end.status.ok()) {
      SessionAccess::Observer(pool).Committed(absl::Now() - begin);
      if (end.announce) SessionAccess::Announce(pool);
      return end.status;
    }
    unknown = unknown || end.status.code() == absl::StatusCode::kUnknown;
    if (!end.again || !PauseBefore(attempt, options.deadline)) {
      return unknown && IsPassing(end.status) ? CommitUnknown(end.status) : end.status;
    }
    SessionAccess::Observer(pool).Retried(DriverError(end.status));
  }
}

absl::Status Read(Pool& pool, absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body) {
  SessionAccess::End end = SessionAccess::AttemptRead(pool, deadline, body);
  if (end.again) end = SessionAccess::AttemptRead(pool, deadline, body);
  return end.status;
}

}  // namespace internal
}  // namespace wenming::db
