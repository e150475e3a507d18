#include "gateway/http2/request_head.h"

#include <gmock/gmock.h>

namespace wenming::gateway::http2 {
namespace {

using testing::ElementsAre;
using testing::Pair;

h2::Headers Get(const h2::Headers& more) {
  h2::Headers headers = {{":method", "GET"}, {":scheme", "https"}, {":path", "/a?b"}, {":authority", "x"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

TEST(RequestHeadTest, LooksLikeARequestOfHttp1) {
  const auto read = RequestOf(Get({{"accept", "a"}, {"cookie", "b=1"}, {"accept", "c"}, {"cookie", "d=2"}}), {});
  const auto* request = std::get_if<http::Request>(&read);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->path(), "/a");
  EXPECT_EQ(request->query(), "b");
  EXPECT_THAT(request->headers,
              ElementsAre(Pair("accept", "a"), Pair("cookie", "b=1; d=2"), Pair("accept", "c"), Pair("host", "x")));
}

TEST(RequestHeadTest, RefusesWhatHttp1Refuses) {
  using http::Refusal;
  const http::Limits limits{.header_count = 2, .fields_bytes = 99, .body_bytes = 10};
  const struct {
    h2::Headers headers;
    std::optional<Refusal> refusal;
  } kCases[] = {
      {Get({}), std::nullopt},
      {Get({{"host", "X"}}), std::nullopt},
      {Get({{"content-length", "10"}}), std::nullopt},
      {Get({{"expect", "100-Continue"}}), std::nullopt},
      {{{":method", "GET"}, {":path", "/"}, {"host", "x"}}, std::nullopt},
      {{{":method", "GET"}, {":authority", "x"}}, Refusal::kMalformed},
      {{{":method", "OPTIONS"}, {":path", "*"}, {":authority", "x"}}, Refusal::kMalformed},
      {{{":method", "GET"}, {":path", "/\xe4"}, {":authority", "x"}}, Refusal::kMalformed},
      {Get({{"host", "y"}}), Refusal::kMalformed},
      {Get({{"host", "x"}, {"host", "x"}}), Refusal::kMalformed},
      {Get({{"content-length", "11"}}), Refusal::kBodyTooLarge},
      {Get({{"content-length", "many"}}), Refusal::kMalformed},
      {Get({{"expect", "miracles"}}), Refusal::kUnmetExpectation},
      {Get({{"a", "1"}, {"b", "2"}}), Refusal::kHeadTooLarge},  // with the host three
      {Get({{"a", std::string(29, 'a')}}), std::nullopt},
      {Get({{"a", std::string(30, 'a')}}), Refusal::kHeadTooLarge},
      {{{":method", "GET"}, {":path", "/" + std::string(200, 'p')}, {":authority", "x"}}, std::nullopt},
  };
  for (const auto& test : kCases) {
    const auto read = RequestOf(test.headers, limits);
    const auto* refusal = std::get_if<Refusal>(&read);
    EXPECT_EQ(refusal == nullptr ? std::nullopt : std::optional(*refusal), test.refusal)
        << test.headers.back().first << ": " << test.headers.back().second;
  }
}

}  // namespace
}  // namespace wenming::gateway::http2
