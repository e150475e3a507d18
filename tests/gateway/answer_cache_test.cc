#include "gateway/cache/answer_cache.h"

#include <gtest/gtest.h>

namespace wenming::gateway {
namespace {

using std::chrono::seconds;

constexpr AnswerCache::Time kStart{};

std::shared_ptr<const CachedAnswer> Answer(size_t size, int fresh_seconds = 60) {
  auto answer = std::make_shared<CachedAnswer>();
  answer->plain = std::make_shared<http::Prepared>(http::Headers{{"A", "b"}}, std::string(size, 'x'));
  answer->stored = kStart;
  answer->expires = kStart + seconds(fresh_seconds);
  return answer;
}

TEST(PreparedTest, WritesItsHeadersOnce) {
  http::Prepared prepared({{"A", "b"}, {"C", "d"}}, "body");
  EXPECT_EQ(prepared.text, "A: b\r\nC: d\r\nContent-Length: 4\r\n");
}

TEST(AnswerCacheTest, GivesWhatIsFresh) {
  AnswerCache cache(1 << 20);
  cache.Put("a", Answer(10, 60));
  EXPECT_NE(cache.Find("a", kStart), nullptr);
  EXPECT_NE(cache.Find("a", kStart + seconds(59)), nullptr);
  EXPECT_EQ(cache.Find("b", kStart), nullptr);
  EXPECT_EQ(cache.Find("a", kStart + seconds(60)), nullptr);
  EXPECT_EQ(cache.size(), 0u) << "what is not fresh makes room";
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(AnswerCacheTest, TakesTheNewOne) {
  AnswerCache cache(1 << 20);
  cache.Put("a", Answer(10));
  auto newer = Answer(20);
  cache.Put("a", newer);
  EXPECT_EQ(cache.Find("a", kStart), newer);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(AnswerCacheTest, TheLeastRecentlyAskedForGivesWay) {
  AnswerCache cache(16 * 1024);
  for (const char* key : {"a", "b", "c"}) cache.Put(key, Answer(3000));
  ASSERT_NE(cache.Find("a", kStart), nullptr);
  for (const char* key : {"d", "e"}) cache.Put(key, Answer(3000));
  EXPECT_EQ(cache.Find("b", kStart), nullptr);
  EXPECT_NE(cache.Find("a", kStart), nullptr);
  EXPECT_NE(cache.Find("e", kStart), nullptr);
}

TEST(AnswerCacheTest, StaysInItsBytes) {
  AnswerCache cache(64 * 1024);
  for (int i = 0; i < 10'000; ++i) {
    cache.Put(std::to_string(i), Answer(static_cast<size_t>(i % 5000)));
    ASSERT_LE(cache.bytes(), 64u * 1024);
  }
  EXPECT_GT(cache.size(), 5u);
  cache.Put("large", Answer(20 * 1024));
  EXPECT_EQ(cache.Find("large", kStart), nullptr) << "it would empty the rest";
  AnswerCache none(0);
  none.Put("a", Answer(1));
  EXPECT_EQ(none.size(), 0u);
}

}  // namespace
}  // namespace wenming::gateway
