#include "common/idempotency/idempotency.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/support/database_proxy.h"
#include "tests/support/test_database.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::idempotency {
namespace {

// Any two messages do; these have a number each.
using Request = events::v1::SubscribeRequest;
using Response = events::v1::Event;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Request MakeRequest(int64_t number = 1) {
  Request request;
  request.set_after_cursor(number);
  return request;
}

Scope MakeScope(std::string_view request_id) {
  return {.center_id = 1, .subject = "volunteers/1", .method = "/Service/Method", .request_id = request_id};
}

class IdempotencyTest : public ::testing::Test {
 protected:
  test::TestDatabase database_{common::Migrations(), 16};

  void SetUp() override {
    database_.Administer("CREATE TABLE " + database_.schema() + ".effects (number BIGINT NOT NULL)");
  }
  int64_t Count(const std::string& table) {
    return *db::Read(database_.pool(), absl::InfiniteFuture(), [&](db::Session& session) -> absl::StatusOr<int64_t> {
      return (*session.QueryOne("SELECT COUNT(*) FROM " + table)).value().Int(0);
    });
  }
  // One effect, and an answer that is another each time it is computed.
  absl::StatusOr<Response> Do(db::Pool& pool, const Scope& scope, const Request& request,
                              const absl::Status& outcome = absl::OkStatus()) {
    return db::RunTransaction(pool, {.repeatable = true}, [&](db::Transaction& transaction) {
      return idempotency::Run<Response>(transaction, scope, request, kNow, [&]() -> absl::StatusOr<Response> {
        auto written = transaction.Execute("INSERT INTO effects VALUES (?)", {request.after_cursor()});
        if (!written.ok()) return written.status();
        if (!outcome.ok()) return outcome;
        Response response;
        response.set_cursor(++runs_);
        return response;
      });
    });
  }
  absl::StatusOr<Response> Do(const Scope& scope, const Request& request = MakeRequest(),
                              const absl::Status& outcome = absl::OkStatus()) {
    return Do(database_.pool(), scope, request, outcome);
  }

  std::atomic<int64_t> runs_ = 0;
};

TEST_F(IdempotencyTest, RepeatGetsTheSameAnswerAndChangesNothing) {
  const absl::StatusOr<Response> first = Do(MakeScope("r1"));
  ASSERT_TRUE(first.ok()) << first.status();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Do(MakeScope("r1"))->cursor(), first->cursor());
  EXPECT_EQ(Count("effects"), 1);
}

TEST_F(IdempotencyTest, WithoutARequestIdEveryCallHasEffect) {
  EXPECT_NE(Do(MakeScope(""))->cursor(), Do(MakeScope(""))->cursor());
  EXPECT_EQ(Count("effects"), 2);
  EXPECT_EQ(Count("requests"), 0);
}

TEST_F(IdempotencyTest, SameIdForAnotherRequestIsRefused) {
  ASSERT_TRUE(Do(MakeScope("r1"), MakeRequest(1)).ok());
  const absl::Status status = Do(MakeScope("r1"), MakeRequest(2)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(Count("effects"), 1);
}

TEST_F(IdempotencyTest, CallersMethodsAndCentersDoNotMeet) {
  std::set<int64_t> answers;
  Scope scope = MakeScope("r1");
  answers.insert(Do(scope)->cursor());
  scope.subject = "volunteers/2";
  answers.insert(Do(scope)->cursor());
  scope.method = "/Service/Other";
  answers.insert(Do(scope)->cursor());
  scope.center_id = 2;
  answers.insert(Do(scope)->cursor());
  // The border between the parts counts.
  scope.method = "/Service/Otherr";
  scope.request_id = "1";
  answers.insert(Do(scope)->cursor());
  EXPECT_EQ(answers.size(), 5u);
}

TEST_F(IdempotencyTest, AnErrorIsForgotten) {
  EXPECT_FALSE(Do(MakeScope("r1"), MakeRequest(), errors::FailedPrecondition(type::REASON_SHIFT_FULL)).ok());
  EXPECT_EQ(Count("effects"), 0);
  EXPECT_EQ(Count("requests"), 0);
  EXPECT_TRUE(Do(MakeScope("r1"), MakeRequest(2)).ok());
}

TEST_F(IdempotencyTest, ConcurrentRepeatsHaveOneEffectAndOneAnswer) {
  constexpr int kThreads = 12, kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::string id = "round " + std::to_string(round);
    std::vector<int64_t> answers(kThreads);
    std::vector<std::thread> threads;
    for (int64_t& answer : answers) {
      threads.emplace_back([&] {
        const absl::StatusOr<Response> response = Do(MakeScope(id), MakeRequest(round));
        ASSERT_TRUE(response.ok()) << response.status();
        answer = response->cursor();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::set<int64_t>(answers.begin(), answers.end()).size(), 1u);
    EXPECT_EQ(Count("effects"), round + 1);
  }
}

// The COMMIT took place, and its answer was lost on the way.
TEST_F(IdempotencyTest, LostAnswerOfACommitHasOneEffect) {
  test::DatabaseProxy proxy(database_.socket());
  db::PoolOptions options = database_.options();
  options.socket = proxy.socket();
  const std::unique_ptr<db::Pool> pool = *db::Pool::Open(test::Driver(), options);
  proxy.LoseNextCommit();
  const absl::StatusOr<Response> response = Do(*pool, MakeScope("r1"), MakeRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(proxy.lost(), 1);
  EXPECT_EQ(response->cursor(), 1);
  EXPECT_EQ(Count("effects"), 1);
}

TEST_F(IdempotencyTest, LostAnswerOfACommitThatIsNotRepeatableIsUnknown) {
  test::DatabaseProxy proxy(database_.socket());
  db::PoolOptions options = database_.options();
  options.socket = proxy.socket();
  const std::unique_ptr<db::Pool> pool = *db::Pool::Open(test::Driver(), options);
  proxy.LoseNextCommit();
  const absl::Status status = db::RunTransaction(*pool, {}, [](db::Transaction& transaction) {
    return transaction.Execute("INSERT INTO effects VALUES (1)").status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_COMMIT_UNKNOWN);
  EXPECT_EQ(Count("effects"), 1);
}

TEST_F(IdempotencyTest, ForgetsOldAnswersInPieces) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Do(MakeScope(id)).ok());
  EXPECT_EQ(*Forget(database_.pool(), kNow, 10, absl::InfiniteFuture()), 0);
  const absl::Time later = kNow + absl::Microseconds(1);
  EXPECT_EQ(*Forget(database_.pool(), later, 2, absl::InfiniteFuture()), 2);
  EXPECT_EQ(*Forget(database_.pool(), later, 2, absl::InfiniteFuture()), 1);
  EXPECT_EQ(*Forget(database_.pool(), later, 2, absl::InfiniteFuture()), 0);
  EXPECT_EQ(Count("requests"), 0);
}

}  // namespace
}  // namespace wenming::idempotency
