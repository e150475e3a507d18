#include "common/auth/token_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace wenming::auth {
namespace {

std::shared_ptr<const Claims> Numbered(int64_t number) {
  return std::make_shared<const Claims>(Claims{.caller = {}, .service = "", .expires_at = number, .token_id = ""});
}

std::string Token(int64_t number) { return "token " + std::to_string(number); }

TEST(TokenCache, FindsExactlyWhatWasPutIn) {
  TokenCache cache(100);
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Insert("a", Numbered(1));
  cache.Insert("", Numbered(2));
  EXPECT_EQ(cache.Find("a")->expires_at, 1);
  EXPECT_EQ(cache.Find("")->expires_at, 2);
  EXPECT_EQ(cache.Find("aa"), nullptr);
  EXPECT_EQ(cache.Find(std::string_view("a\0", 2)), nullptr);
}

TEST(TokenCache, ForgetsWhatNobodyAsksForAndKeepsWhatSomebodyDoes) {
  constexpr int kCapacity = 1600, kInserted = 100'000;
  TokenCache cache(kCapacity);
  for (int i = 0; i < kInserted; ++i) {
    cache.Insert(Token(i), Numbered(i));
    ASSERT_NE(cache.Find(Token(0)), nullptr) << "after " << i;
    ASSERT_NE(cache.Find(Token(i)), nullptr) << "after " << i;
  }
  int remembered = 0;
  for (int i = 0; i < kInserted; ++i) {
    if (const auto claims = cache.Find(Token(i))) {
      EXPECT_EQ(claims->expires_at, i);
      ++remembered;
    }
  }
  EXPECT_GE(remembered, kCapacity / 2);
  EXPECT_LE(remembered, 2 * kCapacity + 100);
}

TEST(TokenCache, GivesEveryThreadTheRightClaims) {
  TokenCache cache(64);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache] {
      for (int64_t i = 0; i < 20'000; ++i) {
        const int64_t number = i * 7 % 500;
        if (const auto claims = cache.Find(Token(number))) {
          ASSERT_EQ(claims->expires_at, number);
        } else {
          cache.Insert(Token(number), Numbered(number));
        }
      }
    });
  }
}

}  // namespace
}  // namespace wenming::auth
