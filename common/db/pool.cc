#include "common/db/pool.h"

#include <cppconn/driver.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/connection.h"
#include "common/errors/errors.h"
#include "wenming/type/reason.pb.h"

namespace wenming::db {
namespace {

// The driver wants every thread that uses it announced, and its memory given back when the thread ends.
class DriverThread {
 public:
  explicit DriverThread(sql::Driver* driver) : driver_(driver) { driver_->threadInit(); }
  ~DriverThread() { driver_->threadEnd(); }
  DriverThread(const DriverThread&) = delete;
  DriverThread& operator=(const DriverThread&) = delete;

 private:
  sql::Driver* const driver_;
};

void AnnounceThread(sql::Driver* driver) { thread_local const DriverThread thread(driver); }

}  // namespace

absl::StatusOr<std::unique_ptr<Pool>> Pool::Open(sql::Driver* driver, PoolOptions options, PoolObserver* observer) {
  std::unique_ptr<Pool> pool(new Pool(driver, std::move(options), observer));
  absl::StatusOr<std::unique_ptr<Connection>> connection = pool->Acquire(absl::InfiniteFuture());
  if (!connection.ok()) return connection.status();
  pool->Release(*std::move(connection));
  return pool;
}

Pool::Pool(sql::Driver* driver, PoolOptions options, PoolObserver* observer)
    : driver_(driver), options_(std::move(options)), observer_(observer != nullptr ? observer : &silent_) {}

Pool::~Pool() { AnnounceThread(driver_); }

PoolStats Pool::Stats() const {
  absl::MutexLock lock(&mutex_);
  return {.open = open_, .in_use = open_ - static_cast<int>(idle_.size()), .waiting = waiting_};
}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Acquire(absl::Time deadline) {
  AnnounceThread(driver_);
  const absl::Time begin = absl::Now();
  if (begin >= deadline) return errors::DeadlineExceeded();
  Idle idle;
  absl::Time suspect_before;
  {
    absl::MutexLock lock(&mutex_);
    const auto available = [this] {
      mutex_.AssertHeld();
      return !idle_.empty() || open_ < options_.connections;
    };
    ++waiting_;
    const bool found =
        mutex_.AwaitWithDeadline(absl::Condition(&available), std::min(deadline, begin + options_.acquire_timeout));
    --waiting_;
    if (!found) return errors::Overloaded(absl::Seconds(1));
    suspect_before = suspect_before_;
    if (idle_.empty()) {
      ++open_;
    } else {
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  const absl::Time now = absl::Now();
  observer_->Acquired(now - begin);
  if (idle.connection != nullptr && now - idle.connection->opened() < options_.recycle_after) {
    const bool trusted = now - idle.since < options_.ping_after && idle.since >= suspect_before;
    if (trusted || idle.connection->Ping()) return std::move(idle.connection);
    observer_->ConnectionLost();
  }
  idle.connection.reset();
  return Connect();
}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Connect() {
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(driver_, options_, *observer_);
  if (connection.ok()) {
    observer_->Connected();
  } else {
    absl::MutexLock lock(&mutex_);
    --open_;
  }
  return connection;
}

void Pool::Release(std::unique_ptr<Connection> connection) {
  const bool lost = connection->lost();
  if (lost) {
    connection.reset();
    observer_->ConnectionLost();
  }
  absl::MutexLock lock(&mutex_);
  if (lost) {
    --open_;
    suspect_before_ = absl::Now();
  } else {
    idle_.push_back({std::move(connection), absl::Now()});
  }
}

void Pool::OnAnnouncement(std::function<void()> listener) {
  absl::MutexLock lock(&announcement_mutex_);
  announcement_ = std::move(listener);
}

void Pool::Announce() {
  absl::MutexLock lock(&announcement_mutex_);
  if (announcement_) announcement_();
}

}  // namespace wenming::db
