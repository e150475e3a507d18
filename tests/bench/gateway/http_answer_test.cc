#include "tests/bench/gateway/http_answer.h"

#include <string>

#include "gtest/gtest.h"

namespace wenming::bench {
namespace {

using State = HttpAnswer::State;

constexpr std::string_view kWhole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello";
constexpr std::string_view kChunked =
    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: "
    "chunked\r\n\r\n5\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n";

TEST(HttpAnswerTest, FindsTheEndHoweverTheBytesCome) {
  for (const std::string_view whole : {kWhole, kChunked}) {
    for (size_t size = 1; size <= whole.size(); ++size) {
      HttpAnswer answer;
      State state = State::kMore;
      std::string kept;
      for (size_t at = 0; at < whole.size(); at += size) {
        ASSERT_EQ(state, State::kMore) << "ended early in pieces of " << size;
        kept += whole.substr(at, size);
        std::string_view input = kept;
        state = answer.Take(input);
        kept = std::string(input);
      }
      EXPECT_EQ(state, State::kDone) << "in pieces of " << size;
      EXPECT_EQ(answer.status(), whole == kWhole ? 200 : 404);
      EXPECT_EQ(kept, "");
    }
  }
}

TEST(HttpAnswerTest, LeavesWhatFollows) {
  const std::string two = std::string(kWhole) + "HTTP/1.1";
  std::string_view input = two;
  EXPECT_EQ(HttpAnswer().Take(input), State::kDone);
  EXPECT_EQ(input, "HTTP/1.1");
}

TEST(HttpAnswerTest, DoesNotWaitForWhatIsNoAnswer) {
  for (std::string_view broken : {std::string_view("HTTP/1.1 200 OK\r\n\r\n"), std::string_view("nonsense\r\n\r\n"),
                                  std::string_view("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                   "this is not the length of a chunk, is it?\r\n")}) {
    EXPECT_EQ(HttpAnswer().Take(broken), State::kBroken);
  }
}

}  // namespace
}  // namespace wenming::bench
