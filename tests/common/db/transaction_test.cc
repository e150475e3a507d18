#include "common/db/transaction.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "tests/support/test_database.h"

namespace wenming::db {
namespace {

constexpr Migration kSchema[] = {{1, "counters", R"sql(
  CREATE TABLE counters (id INT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);
  INSERT INTO counters (id, value) VALUES (1, 0), (2, 0);
)sql"}};

constexpr char kAdd[] = "UPDATE counters SET value = value + ? WHERE id = ?";

class CountingObserver : public PoolObserver {
 public:
  void Retried(int number) override { (number == 1213 ? deadlocks : number == 1205 ? timeouts : losses)++; }
  void Committed(absl::Duration) override { ++commits; }
  std::atomic<int> deadlocks = 0, timeouts = 0, losses = 0, commits = 0;
};

class TransactionTest : public ::testing::Test {
 protected:
  test::TestDatabase database_{kSchema};
  CountingObserver observer_;
  std::unique_ptr<Pool> pool_ = *Pool::Open(test::Driver(), Options(), &observer_);

  PoolOptions Options() const {
    PoolOptions options = database_.options();
    options.lock_wait = absl::Seconds(1);
    return options;
  }
  int64_t Value(int id) {
    return *Read(database_.pool(), absl::InfiniteFuture(), [&](Session& session) -> absl::StatusOr<int64_t> {
      return (*session.QueryOne("SELECT value FROM counters WHERE id = ?", {id})).value().Int(0);
    });
  }
  static uint64_t ConnectionId(Session& session) { return (*session.QueryOne("SELECT CONNECTION_ID()")).value().Id(0); }
  // Fails the first of the runs of a transaction by killing its connection after it has written.
  absl::StatusOr<int> AddAndKill(const TransactionOptions& options) {
    int runs = 0;
    return RunTransaction(*pool_, options, [&](Transaction& transaction) -> absl::StatusOr<int> {
      auto added = transaction.Execute(kAdd, {1, 1});
      if (!added.ok()) return added.status();
      if (++runs == 1) database_.Kill(ConnectionId(transaction));
      return runs;
    });
  }
};

TEST_F(TransactionTest, CommitsWhatReturnsOkAndAnswersIt) {
  const absl::StatusOr<std::string> answer =
      RunTransaction(*pool_, {}, [](Transaction& transaction) -> absl::StatusOr<std::string> {
        if (auto added = transaction.Execute(kAdd, {5, 1}); !added.ok()) return added.status();
        return "done";
      });
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "done");
  EXPECT_EQ(Value(1), 5);
  EXPECT_EQ(observer_.commits, 1);
}

TEST_F(TransactionTest, RollsBackWhatReturnsAnError) {
  const absl::Status status = RunTransaction(*pool_, {}, [](Transaction& transaction) -> absl::Status {
    if (auto added = transaction.Execute(kAdd, {5, 1}); !added.ok()) return added.status();
    return errors::FailedPrecondition(type::REASON_SHIFT_FULL);
  });
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_SHIFT_FULL);
  EXPECT_EQ(Value(1), 0);
}

TEST_F(TransactionTest, AnAbortedOfTheProgramsOwnIsNotRetried) {
  int runs = 0;
  const absl::Status status = RunTransaction(*pool_, {}, [&](Transaction&) {
    ++runs;
    return errors::Aborted(type::REASON_ETAG_MISMATCH);
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(runs, 1);
}

// Why COMMIT is sent as text: the driver's own commit() says nothing when it fails.
TEST_F(TransactionTest, DriversCommitSwallowsALostConnection) {
  sql::ConnectOptionsMap options;
  options["hostName"] = sql::SQLString("unix://" + database_.socket());
  options["userName"] = sql::SQLString("root");
  options["password"] = sql::SQLString("");
  options["schema"] = sql::SQLString(database_.schema());
  const std::unique_ptr<sql::Connection> connection(test::Driver()->connect(options));
  const std::unique_ptr<sql::Statement> statement(connection->createStatement());
  statement->execute("START TRANSACTION");
  statement->execute("UPDATE counters SET value = 7 WHERE id = 1");
  const std::unique_ptr<sql::ResultSet> id(statement->executeQuery("SELECT CONNECTION_ID()"));
  ASSERT_TRUE(id->next());
  database_.Kill(id->getUInt64(1));
  EXPECT_NO_THROW(connection->commit());
  EXPECT_EQ(Value(1), 0);
  EXPECT_THROW(statement->execute("COMMIT"), sql::SQLException);
}

TEST_F(TransactionTest, ConnectionLostBeforeCommitIsUnknown) {
  const absl::StatusOr<int> runs = AddAndKill({});
  EXPECT_EQ(runs.status().code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(errors::ReasonOf(runs.status()), type::REASON_COMMIT_UNKNOWN);
  EXPECT_NE(DriverError(runs.status()), 0);
  EXPECT_EQ(Value(1), 0);
  EXPECT_EQ(pool_->Stats().in_use, 0);
}

TEST_F(TransactionTest, RepeatableTransactionRunsAgainAfterALostCommit) {
  EXPECT_EQ(*AddAndKill({.repeatable = true}), 2);
  EXPECT_EQ(Value(1), 1);
}

TEST_F(TransactionTest, RepeatableTransactionThatNeverGetsThroughStaysUnknown) {
  int runs = 0;
  const TransactionOptions options{.deadline = absl::Now() + absl::Milliseconds(200), .repeatable = true};
  const absl::Status status = RunTransaction(*pool_, options, [&](Transaction& transaction) -> absl::Status {
    database_.Kill(ConnectionId(transaction));
    return ++runs == 1 ? absl::OkStatus() : transaction.Execute(kAdd, {1, 1}).status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown) << status;
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_COMMIT_UNKNOWN);
  EXPECT_GE(runs, 2);
}

TEST_F(TransactionTest, ConnectionLostInTheMiddleIsRetried) {
  int runs = 0;
  const absl::Status status = RunTransaction(*pool_, {}, [&](Transaction& transaction) -> absl::Status {
    if (auto added = transaction.Execute(kAdd, {1, 1}); !added.ok()) return added.status();
    if (++runs == 1) database_.Kill(ConnectionId(transaction));
    return transaction.Execute(kAdd, {1, 2}).status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Value(1), 1);
  EXPECT_EQ(Value(2), 1);
  EXPECT_EQ(observer_.losses, 1);
}

// Without this the statements before the loss would be gone and those after it committed.
TEST_F(TransactionTest, AnErrorThatIsSwallowedDoesNotBecomeHalfACommit) {
  int runs = 0;
  const absl::Status status = RunTransaction(*pool_, {}, [&](Transaction& transaction) {
    transaction.Execute(kAdd, {1, 1}).IgnoreError();
    if (++runs == 1) database_.Kill(ConnectionId(transaction));
    transaction.Execute(kAdd, {1, 2}).IgnoreError();
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Value(1), 1);
  EXPECT_EQ(Value(2), 1);
}

TEST_F(TransactionTest, DeadlockedTransactionsBothTakePlace) {
  absl::Notification first_holds, second_holds;
  const auto add = [&](int one, int other, absl::Notification& mine, absl::Notification& others) {
    bool first_run = true;
    return RunTransaction(*pool_, {}, [&](Transaction& transaction) -> absl::Status {
      if (auto added = transaction.Execute(kAdd, {1, one}); !added.ok()) return added.status();
      if (first_run) {
        first_run = false;
        mine.Notify();
        others.WaitForNotification();
      }
      return transaction.Execute(kAdd, {1, other}).status();
    });
  };
  absl::Status second;
  std::thread thread([&] { second = add(2, 1, second_holds, first_holds); });
  const absl::Status first = add(1, 2, first_holds, second_holds);
  thread.join();
  EXPECT_TRUE(first.ok()) << first;
  EXPECT_TRUE(second.ok()) << second;
  EXPECT_EQ(Value(1), 2);
  EXPECT_EQ(Value(2), 2);
  EXPECT_EQ(observer_.deadlocks, 1);
}

TEST_F(TransactionTest, LockTimeoutIsRetriedUntilTheDeadline) {
  absl::Notification held, release;
  std::thread holder([&] {
    const absl::Status status = RunTransaction(*pool_, {}, [&](Transaction& transaction) {
      const absl::Status added = transaction.Execute(kAdd, {1, 1}).status();
      held.Notify();
      release.WaitForNotification();
      return added;
    });
    EXPECT_TRUE(status.ok());
  });
  held.WaitForNotification();
  const absl::Time begin = absl::Now();
  const absl::Status status =
      RunTransaction(*pool_, {.deadline = begin + absl::Milliseconds(1200)}, [](Transaction& transaction) {
        return transaction.Execute(kAdd, {1, 1}).status();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << status;
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_CONFLICT);
  EXPECT_GE(observer_.timeouts, 1);
  release.Notify();
  holder.join();
  EXPECT_EQ(Value(1), 1);
}

TEST_F(TransactionTest, NothingBeginsAfterTheDeadline) {
  bool ran = false;
  const absl::Status status = RunTransaction(*pool_, {.deadline = absl::InfinitePast()}, [&](Transaction&) {
    ran = true;
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(ran);
}

TEST_F(TransactionTest, AnnouncesCommitsThatAskForIt) {
  int announcements = 0;
  pool_->OnAnnouncement([&] { ++announcements; });
  const auto run = [&](bool announce, absl::Status status) {
    return RunTransaction(*pool_, {}, [&](Transaction& transaction) {
      if (announce) transaction.AnnounceOnCommit();
      return status;
    });
  };
  EXPECT_TRUE(run(false, absl::OkStatus()).ok());
  EXPECT_FALSE(run(true, absl::InternalError("no")).ok());
  EXPECT_EQ(announcements, 0);
  EXPECT_TRUE(run(true, absl::OkStatus()).ok());
  EXPECT_EQ(announcements, 1);
  pool_->OnAnnouncement(nullptr);
  EXPECT_TRUE(run(true, absl::OkStatus()).ok());
  EXPECT_EQ(announcements, 1);
}

TEST_F(TransactionTest, ManyThreadsLoseNoUpdate) {
  constexpr int kThreads = 16, kEach = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const absl::Status status = RunTransaction(*pool_, {}, [&](Transaction& transaction) -> absl::Status {
          // By turns in either order, so that there are deadlocks.
          const int one = (t + i) % 2 + 1;
          if (auto added = transaction.Execute(kAdd, {1, one}); !added.ok()) return added.status();
          return transaction.Execute(kAdd, {1, 3 - one}).status();
        });
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Value(1), kThreads * kEach);
  EXPECT_EQ(Value(2), kThreads * kEach);
}

}  // namespace
}  // namespace wenming::db
