#include "common/db/pool.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/support/test_database.h"

namespace wenming::db {
namespace {

absl::StatusOr<uint64_t> ConnectionId(Session& session) {
  auto row = session.QueryOne("SELECT CONNECTION_ID()");
  if (!row.ok()) return row.status();
  return (*row)->Id(0);
}

class PoolTest : public ::testing::Test {
 protected:
  test::TestDatabase database_;

  std::unique_ptr<Pool> Open(int connections, absl::Duration acquire_timeout = absl::Seconds(5)) {
    PoolOptions options = database_.options();
    options.connections = connections;
    options.acquire_timeout = acquire_timeout;
    return *Pool::Open(test::Driver(), options);
  }
};

TEST_F(PoolTest, OpensConnectionsAsNeededAndNoMoreThanAllowed) {
  const std::unique_ptr<Pool> pool = Open(3);
  EXPECT_EQ(pool->Stats().open, 1);
  std::atomic<int> in_use = 0, most = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const absl::Status status = Read(*pool, absl::InfiniteFuture(), [&](Session& session) {
          const int now = ++in_use;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          const absl::Status done = session.Query("SELECT 1").status();
          --in_use;
          return done;
        });
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_LE(pool->Stats().open, 3);
  EXPECT_EQ(pool->Stats().in_use, 0);
  EXPECT_EQ(pool->Stats().waiting, 0);
}

TEST_F(PoolTest, CallerWithoutAConnectionIsToldToComeBack) {
  const std::unique_ptr<Pool> pool = Open(1, absl::Milliseconds(30));
  const absl::Status status = Read(*pool, absl::InfiniteFuture(), [&](Session&) {
    EXPECT_EQ(pool->Stats().in_use, 1);
    absl::Status second;
    std::thread([&] {
      second = Read(*pool, absl::InfiniteFuture(), [](Session&) { return absl::OkStatus(); });
    }).join();
    return second;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_OVERLOADED);
}

TEST_F(PoolTest, DeadConnectionMakesItsNeighboursSuspect) {
  const std::unique_ptr<Pool> pool = Open(4);
  std::vector<uint64_t> ids(4);
  absl::Barrier* all_in = new absl::Barrier(4);
  std::vector<std::thread> threads;
  for (uint64_t& id : ids) {
    threads.emplace_back([&] {
      id = *Read(*pool, absl::InfiniteFuture(), [&](Session& session) {
        auto mine = ConnectionId(session);
        if (all_in->Block()) delete all_in;
        return mine;
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(pool->Stats().open, 4);
  for (const uint64_t id : ids) database_.Kill(id);
  // All four idle connections are dead, and the second attempt must not meet the next of them.
  for (int i = 0; i < 4; ++i) {
    const auto id = Read(*pool, absl::InfiniteFuture(), ConnectionId);
    ASSERT_TRUE(id.ok()) << id.status();
    EXPECT_EQ(std::count(ids.begin(), ids.end(), *id), 0);
  }
}

TEST_F(PoolTest, ConnectionIdleForLongIsAskedBeforeUse) {
  PoolOptions options = database_.options();
  options.connections = 1;
  options.ping_after = absl::ZeroDuration();
  const std::unique_ptr<Pool> pool = *Pool::Open(test::Driver(), options);
  const uint64_t before = *Read(*pool, absl::InfiniteFuture(), ConnectionId);
  EXPECT_EQ(*Read(*pool, absl::InfiniteFuture(), ConnectionId), before);
  database_.Kill(before);
  int runs = 0;
  const uint64_t after = *Read(*pool, absl::InfiniteFuture(), [&](Session& session) {
    ++runs;
    return ConnectionId(session);
  });
  EXPECT_NE(after, before);
  EXPECT_EQ(runs, 1);
}

TEST_F(PoolTest, OldConnectionIsReplaced) {
  PoolOptions options = database_.options();
  options.recycle_after = absl::ZeroDuration();
  const std::unique_ptr<Pool> pool = *Pool::Open(test::Driver(), options);
  const uint64_t before = *Read(*pool, absl::InfiniteFuture(), ConnectionId);
  EXPECT_NE(*Read(*pool, absl::InfiniteFuture(), ConnectionId), before);
  EXPECT_EQ(pool->Stats().open, 1);
}

TEST_F(PoolTest, ServerThatIsNotThereIsUnavailable) {
  PoolOptions options = database_.options();
  options.socket += ".nothing";
  const auto pool = Pool::Open(test::Driver(), options);
  EXPECT_EQ(pool.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(errors::ReasonOf(pool.status()), type::REASON_DATABASE_UNAVAILABLE);
}

TEST_F(PoolTest, WrongPasswordAndUnknownSchemaAreRefused) {
  PoolOptions options = database_.options();
  options.user = "nobody_of_this_name";
  options.password = "wrong";
  EXPECT_EQ(Pool::Open(test::Driver(), options).status().code(), absl::StatusCode::kInternal);
  options = database_.options();
  options.schema = "no_such_schema";
  EXPECT_EQ(Pool::Open(test::Driver(), options).status().code(), absl::StatusCode::kInternal);
}

// Counts the announcements of threads on their way to the driver.
class CountingDriver : public sql::Driver {
 public:
  sql::Connection* connect(const sql::SQLString& host, const sql::SQLString& user,
                           const sql::SQLString& password) override {
    return test::Driver()->connect(host, user, password);
  }
  sql::Connection* connect(sql::ConnectOptionsMap& options) override { return test::Driver()->connect(options); }
  int getMajorVersion() override { return test::Driver()->getMajorVersion(); }
  int getMinorVersion() override { return test::Driver()->getMinorVersion(); }
  int getPatchVersion() override { return test::Driver()->getPatchVersion(); }
  const sql::SQLString& getName() override { return test::Driver()->getName(); }
  void threadInit() override {
    ++begun;
    test::Driver()->threadInit();
  }
  void threadEnd() override {
    test::Driver()->threadEnd();
    ++ended;
  }
  static inline std::atomic<int> begun = 0, ended = 0;
};

TEST_F(PoolTest, EveryThreadIsAnnouncedToTheDriverOnce) {
  static CountingDriver driver;
  std::unique_ptr<Pool> pool;
  std::thread([&] {
    pool = *Pool::Open(&driver, database_.options());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Read(*pool, absl::InfiniteFuture(), ConnectionId).ok());
    EXPECT_EQ(driver.begun, 1);
    EXPECT_EQ(driver.ended, 0);
  }).join();
  EXPECT_EQ(driver.ended, 1);
  std::thread([&] { EXPECT_TRUE(Read(*pool, absl::InfiniteFuture(), ConnectionId).ok()); }).join();
  EXPECT_EQ(driver.begun, 2);
  EXPECT_EQ(driver.ended, 2);
}

}  // namespace
}  // namespace wenming::db
