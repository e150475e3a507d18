#include "org_svc/staff/log_in_attempts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

class LogInAttemptsTest : public OrgTest {
 protected:
  absl::Status Begin(const std::string& username, const std::string& address = "") {
    return db::RunTransaction(pool_, {},
                              [&](db::Transaction& t) { return attempts_.Begin(t, username, address, now_); });
  }
  void Succeed(const std::string& username, const std::string& address = "") {
    EXPECT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& t) {
                  return attempts_.Succeed(t, username, address);
                }).ok());
  }
  int Let(const std::string& username, int tries) {
    int let = 0;
    for (int i = 0; i < tries; ++i) let += Begin(username).ok();
    return let;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'780'000'000);
};

TEST_F(LogInAttemptsTest, FiveThenNoneForAQuarterOfAnHour) {
  EXPECT_EQ(Let("wang", 7), 5);
  EXPECT_EQ(Let("li", 1), 1) << "others are not concerned";
  now_ += absl::Minutes(4) + absl::Seconds(10);
  const absl::Status refused = Begin("wang");
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonName(refused), "TOO_MANY_ATTEMPTS");
  const auto wire = errors::ToWire(refused, errors::Language::kEnglish, "");
  google::rpc::RetryInfo retry;
  bool found = false;
  for (const auto& detail : wire.details()) found = found || detail.UnpackTo(&retry);
  EXPECT_TRUE(found);
  EXPECT_EQ(retry.retry_delay().seconds(), 11 * 60) << "whole minutes";
  EXPECT_NE(wire.DebugString().find("try again in 11 minutes"), std::string::npos);
  now_ += absl::Minutes(11);
  EXPECT_EQ(Let("wang", 7), 5);
}

TEST_F(LogInAttemptsTest, TheWindowBeginsWithTheFirst) {
  EXPECT_EQ(Let("wang", 4), 4);
  now_ += absl::Minutes(15);
  EXPECT_EQ(Let("wang", 5), 5);
  EXPECT_EQ(Let("wang", 1), 0);
}

TEST_F(LogInAttemptsTest, SuccessForgetsTheAccountsAndTakesOneFromTheAddress) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(Begin("wang", "192.0.2.1").ok());
    Succeed("wang", "192.0.2.1");
  }
  EXPECT_EQ(Let("wang", 5), 5);
}

TEST_F(LogInAttemptsTest, AnAddressHasThirty) {
  int let = 0;
  for (int i = 0; i < 40; ++i) let += Begin(absl::StrCat("user", i), "192.0.2.1").ok();
  EXPECT_EQ(let, 30);
  EXPECT_TRUE(Begin("user1", "192.0.2.2").ok());
  EXPECT_EQ(ReasonName(Begin("somebody", "192.0.2.1")), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Let("somebody", 9), 5) << "what the address may not is not counted for the account";
}

TEST_F(LogInAttemptsTest, NamesThatDifferInASignDiffer) {
  EXPECT_EQ(Let("a-b", 6), 5);
  EXPECT_EQ(Let("ab", 6), 5);
}

TEST_F(LogInAttemptsTest, ManyAtOnceGetNoFurther) {
  std::atomic<int> let = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 4; ++j) let += Begin("wang").ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(let, 5);
  EXPECT_EQ(let + Let("wang", 6), 5);
}

TEST_F(LogInAttemptsTest, UnlockEndsIt) {
  EXPECT_EQ(Let("wang", 6), 5);
  EXPECT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& t) { return attempts_.Unlock(t, "wang"); }).ok());
  EXPECT_EQ(Let("wang", 6), 5);
}

TEST_F(LogInAttemptsTest, OldOnesAreForgottenAndNoNameIsKept) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Begin(absl::StrCat("user", i), "192.0.2.1").ok());
  EXPECT_EQ(Count("log_in_attempts"), 6);
  EXPECT_EQ(Count("log_in_attempts WHERE attempt_key LIKE '%user%' OR attempt_key LIKE '%192%'"), 0);
  now_ += absl::Minutes(31);
  EXPECT_TRUE(Begin("another").ok());
  EXPECT_EQ(Count("log_in_attempts"), 1);
}

}  // namespace
}  // namespace wenming::org
