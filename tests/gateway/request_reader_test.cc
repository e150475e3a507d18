#include "gateway/http/request_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace wenming::gateway::http {
namespace {

using Stage = RequestReader::Stage;

constexpr std::string_view kTwo =
    "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
    "GET http://x/d HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Thing:  v \r\n\r\n";

TEST(RequestReaderTest, ReadsRequestsHoweverTheyAreCut) {
  for (size_t piece = 1; piece <= kTwo.size(); ++piece) {
    Limits limits;
    RequestReader reader(limits);
    std::vector<Request> requests;
    std::string waiting;
    for (size_t at = 0; at < kTwo.size(); at += piece) {
      waiting.append(kTwo.substr(at, piece));
      std::string_view input = waiting;
      for (;;) {
        auto result = reader.Feed(input);
        ASSERT_TRUE(std::holds_alternative<Stage>(result)) << piece;
        if (reader.stage() != Stage::kReady) break;
        requests.push_back(reader.Take());
      }
      waiting = std::string(input);
    }
    ASSERT_EQ(requests.size(), 2u) << piece;
    EXPECT_EQ(requests[0].method, "POST");
    EXPECT_EQ(requests[0].path(), "/a");
    EXPECT_EQ(requests[0].query(), "b=c");
    EXPECT_EQ(requests[0].body, "one");
    EXPECT_TRUE(requests[0].keep_alive);
    EXPECT_EQ(requests[1].target, "/d");
    EXPECT_EQ(requests[1].Header("x-thing"), "v");
    EXPECT_EQ(requests[1].Header("x-other"), "");
    EXPECT_FALSE(requests[1].keep_alive);
  }
}

TEST(RequestReaderTest, ReadsChunks) {
  Limits limits;
  RequestReader reader(limits);
  std::string_view input =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\none\r\n2\r\nwo\r\n0\r\nT: "
      "1\r\n\r\nGET";
  ASSERT_TRUE(std::holds_alternative<Stage>(reader.Feed(input)));
  ASSERT_EQ(reader.stage(), Stage::kReady);
  EXPECT_EQ(reader.Take().body, "onewo");
  EXPECT_EQ(input, "GET");
}

TEST(RequestReaderTest, AnEmptyBodyOfChunksMayComeInPieces) {
  const Limits limits;
  RequestReader reader(limits);
  std::string waiting = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char c : std::string_view("0\r\n\r\n")) {
    EXPECT_NE(reader.stage(), Stage::kReady);
    waiting += c;
    std::string_view input = waiting;
    ASSERT_TRUE(std::holds_alternative<Stage>(reader.Feed(input)));
    waiting = std::string(input);
  }
  ASSERT_EQ(reader.stage(), Stage::kReady);
  EXPECT_EQ(reader.Take().body, "");
}

TEST(RequestReaderTest, TrailersAreNotHeaders) {
  constexpr std::string_view kBytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Thing: head\r\n\r\n3\r\none\r\n0\r\n"
      "X-Http-Method-Override: DELETE\r\nAuthorization: Bearer t\r\nX-Thing: trailer\r\nConnection: close\r\n\r\n";
  for (size_t piece : {size_t{1}, kBytes.size()}) {
    Limits limits;
    RequestReader reader(limits);
    std::string waiting;
    for (size_t at = 0; at < kBytes.size(); at += piece) {
      waiting.append(kBytes.substr(at, piece));
      std::string_view input = waiting;
      ASSERT_TRUE(std::holds_alternative<Stage>(reader.Feed(input))) << piece;
      waiting = std::string(input);
    }
    ASSERT_EQ(reader.stage(), Stage::kReady) << piece;
    Request request = reader.Take();
    EXPECT_EQ(request.body, "one");
    EXPECT_EQ(request.headers.size(), 3u);
    EXPECT_EQ(request.Header("x-http-method-override"), "");
    EXPECT_EQ(request.Header("authorization"), "");
    EXPECT_EQ(request.Header("x-thing"), "head");
    EXPECT_TRUE(request.keep_alive);
  }
}

TEST(RequestReaderTest, RefusesBadChunksAndTooMuch) {
  Limits limits;
  limits.body_bytes = 10;
  limits.head_bytes = 200;
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const struct {
    std::string input;
    Refusal refusal;
  } kCases[] = {
      {chunked + "z\r\n", Refusal::kMalformed},
      {chunked + "-1\r\nx\r\n", Refusal::kMalformed},
      {chunked + "1\r\nxyz\r\n", Refusal::kMalformed},
      {chunked + "1\nx\n0\n\n\r\n", Refusal::kMalformed},      // bare LF
      {chunked + "1\rx\r\n", Refusal::kMalformed},             // bare CR
      {chunked + "1;a=\"\n\"\r\nx\r\n", Refusal::kMalformed},  // LF in an extension
      {chunked + "1;a=\"\r\n\"\r\nx\r\n", Refusal::kMalformed},
      {chunked + "1 \r\nx\r\n", Refusal::kMalformed},
      {chunked + " 1\r\nx\r\n", Refusal::kMalformed},
      {chunked + "0\r\nContent-Length: 1\r\n\r\n", Refusal::kMalformed},  // what decides about the length, too late
      {chunked + "0\r\nX: a\r\n b\nY: c\r\n\r\n", Refusal::kMalformed},
      {chunked + "fffffffffffffffff\r\n", Refusal::kMalformed},
      {chunked + "1;x=\"a\r\n", Refusal::kMalformed},
      {chunked + "1\r\nx\r\n01;x=\"a\r\n", Refusal::kMalformed},
      {chunked + "0;x=\"a\r\n\r\n", Refusal::kMalformed},
      {chunked + "b\r\n01234567890\r\n", Refusal::kBodyTooLarge},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", Refusal::kBodyTooLarge},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(300, 'a'), Refusal::kHeadTooLarge},
  };
  for (const auto& test : kCases) {
    RequestReader reader(limits);
    std::string_view input = test.input;
    auto result = reader.Feed(input);
    ASSERT_TRUE(std::holds_alternative<Refusal>(result)) << test.input;
    EXPECT_EQ(std::get<Refusal>(result), test.refusal) << test.input;
  }
}

TEST(RequestReaderTest, TellsThatTheClientWaits) {
  Limits limits;
  RequestReader reader(limits);
  std::string_view input = "PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
  reader.Feed(input);
  EXPECT_EQ(reader.stage(), Stage::kBody);
  EXPECT_TRUE(reader.TakeExpectation());
  EXPECT_FALSE(reader.TakeExpectation());

  RequestReader old(limits);
  input = "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
  old.Feed(input);
  EXPECT_EQ(old.stage(), Stage::kBody);
  EXPECT_FALSE(old.TakeExpectation()) << "it knows no such answer";
}

}  // namespace
}  // namespace wenming::gateway::http
