#include "common/wechat/access_tokens.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/errors/errors.h"

namespace wenming::wechat {
namespace {

class AccessTokensTest : public ::testing::Test {
 protected:
  // "t1", "t2", …, good for two hours.
  const AccessTokens::Fetch fetch_ = [this](bool force) -> absl::StatusOr<IssuedToken> {
    ++fetched_;
    forced_ += force ? 1 : 0;
    return IssuedToken{absl::StrCat("t", fetched_), absl::Seconds(7200)};
  };

  std::string Get() { return tokens_.Get(fetch_, absl::InfiniteFuture()).value_or("none"); }
  std::string Replace(const std::string& refused) {
    return tokens_.Replace(refused, fetch_, absl::InfiniteFuture()).value_or("none");
  }

  absl::Time now_ = absl::FromUnixSeconds(1777593600);
  int fetched_ = 0, forced_ = 0;
  AccessTokens tokens_{[this] { return now_; }};
};

TEST_F(AccessTokensTest, KeepsATokenUntilFiveMinutesBeforeItsEnd) {
  EXPECT_EQ(Get(), "t1");
  now_ += absl::Seconds(7200 - 300) - absl::Nanoseconds(1);
  EXPECT_EQ(Get(), "t1");
  now_ += absl::Nanoseconds(1);
  EXPECT_EQ(Get(), "t2");
  EXPECT_EQ(forced_, 0);
}

TEST_F(AccessTokensTest, DoesNotKeepAFailure) {
  const auto failed =
      tokens_.Get([](bool) -> absl::StatusOr<IssuedToken> { return Unavailable(); }, absl::InfiniteFuture());
  EXPECT_EQ(errors::ReasonOf(failed.status()), type::REASON_WECHAT_UNAVAILABLE);
  EXPECT_EQ(Get(), "t1");
}

TEST_F(AccessTokensTest, ReplacesARefusedTokenOnceForAllWhoHadIt) {
  ASSERT_EQ(Get(), "t1");
  EXPECT_EQ(Replace("t1"), "t2");
  EXPECT_EQ(Replace("t1"), "t2");
  EXPECT_EQ(Get(), "t2");
  EXPECT_EQ(forced_, 1);
}

TEST_F(AccessTokensTest, ForcesARefreshEveryThirtySecondsAtMost) {
  ASSERT_EQ(Get(), "t1");
  ASSERT_EQ(Replace("t1"), "t2");
  now_ += absl::Seconds(30) - absl::Nanoseconds(1);
  const auto too_soon = tokens_.Replace("t2", fetch_, absl::InfiniteFuture());
  EXPECT_EQ(errors::ReasonOf(too_soon.status()), type::REASON_WECHAT_UNAVAILABLE);
  EXPECT_EQ(fetched_, 2);
  now_ += absl::Nanoseconds(1);
  EXPECT_EQ(Replace("t2"), "t3");
}

TEST_F(AccessTokensTest, ForcesTwentyRefreshesADayAtMost) {
  std::string token = Get();
  const absl::Time first = now_;
  for (int i = 0; i < 20; ++i) {
    token = Replace(token);
    ASSERT_NE(token, "none") << i;
    now_ += absl::Minutes(1);
  }
  EXPECT_EQ(Replace(token), "none");
  EXPECT_EQ(forced_, 20);
  now_ = first + absl::Hours(24);
  EXPECT_NE(Replace(token), "none");
}

TEST_F(AccessTokensTest, LetsOneThreadFetchAndTheOthersWait) {
  AccessTokens tokens([] { return absl::Now(); });
  absl::Notification may_answer;
  std::atomic<int> fetched = 0;
  const AccessTokens::Fetch fetch = [&](bool) -> absl::StatusOr<IssuedToken> {
    ++fetched;
    may_answer.WaitForNotification();
    return IssuedToken{"shared", absl::Seconds(7200)};
  };
  std::vector<std::string> got(8);
  std::vector<std::thread> threads;
  for (std::string& token : got) {
    threads.emplace_back([&] { token = tokens.Get(fetch, absl::InfiniteFuture()).value_or("none"); });
  }
  while (fetched == 0) std::this_thread::yield();
  // Who cannot wait is told so.
  EXPECT_EQ(errors::ReasonOf(tokens.Get(fetch, absl::Now()).status()), type::REASON_WECHAT_UNAVAILABLE);
  may_answer.Notify();
  for (std::thread& thread : threads) thread.join();
  for (const std::string& token : got) EXPECT_EQ(token, "shared");
  EXPECT_EQ(fetched, 1);
}

}  // namespace
}  // namespace wenming::wechat
