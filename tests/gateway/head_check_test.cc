#include "gateway/http/head_check.h"

#include <gtest/gtest.h>

namespace wenming::gateway::http {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kLine = "GET / HTTP/1.1\r\nHost: a\r\n";

std::string Head(std::string_view lines) { return std::string(kLine).append(lines).append("\r\n"); }

TEST(HeadCheckTest, FindsTheEndOfTheHead) {
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"), 27u);
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\nHost: a\n\nbody"), 24u);
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\r\nHost: a\r\n"), 0u);
  EXPECT_EQ(HeadSize(""), 0u);
}

TEST(HeadCheckTest, AcceptsWhatIsPlain) {
  for (std::string_view lines : {""sv, "Content-Length: 0\r\n"sv, "Transfer-Encoding: chunked\r\n"sv,
                                 "transfer-encoding:CHUNKED\r\n"sv, "X: \t a b\t \r\n"sv, "X:\r\n"sv,
                                 "X: \xe4\xb8\xad\r\n"sv, "Expect: 100-continue\r\n"sv, "!#$%&'*+-.^_`|~: 1\r\n"sv}) {
    EXPECT_EQ(CheckHead(Head(lines), {}), std::nullopt) << lines;
  }
}

TEST(HeadCheckTest, RefusesWhatParsersReadDifferently) {
  const struct {
    std::string_view lines;
    Refusal refusal;
  } kCases[] = {
      {"X: a\r\n b\r\n", Refusal::kMalformed},  // folded
      {"X: a\r\n\tb\r\n", Refusal::kMalformed},
      {"X : a\r\n", Refusal::kMalformed},  // blank before the colon
      {" X: a\r\n", Refusal::kMalformed},
      {": a\r\n", Refusal::kMalformed},
      {"X\r\n", Refusal::kMalformed},
      {"X: a\rb\r\n", Refusal::kMalformed},     // bare CR
      {"X: a\nY: b\r\n", Refusal::kMalformed},  // bare LF
      {"X: a\0b\r\n"sv, Refusal::kMalformed},   // NUL
      {"X: a\x7f\r\n", Refusal::kMalformed},
      {"X(: a\r\n", Refusal::kMalformed},
      {"Content-Length: 1\r\nContent-Length: 1\r\n", Refusal::kMalformed},
      {"Content-Length: 1, 1\r\n", Refusal::kMalformed},
      {"Content-Length: +1\r\n", Refusal::kMalformed},
      {"Content-Length: -1\r\n", Refusal::kMalformed},
      {"Content-Length: 0x1\r\n", Refusal::kMalformed},
      {"Content-Length:\r\n", Refusal::kMalformed},
      {"Content-Length: 9999999999999999999999\r\n", Refusal::kMalformed},
      {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", Refusal::kMalformed},  // CL + TE
      {"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", Refusal::kMalformed},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Refusal::kMalformed},
      {"Transfer-Encoding: gzip, chunked\r\n", Refusal::kUnsupportedCoding},
      {"Transfer-Encoding: xchunked\r\n", Refusal::kUnsupportedCoding},
      {"Transfer-Encoding: identity\r\n", Refusal::kUnsupportedCoding},
      {"Transfer-Encoding:\x0b chunked\r\n", Refusal::kMalformed},
      {"Host: b\r\n", Refusal::kMalformed},  // a second one
      {"Expect: a miracle\r\n", Refusal::kUnmetExpectation},
  };
  for (const auto& test : kCases) EXPECT_EQ(CheckHead(Head(test.lines), {}), test.refusal) << test.lines;
}

TEST(HeadCheckTest, RefusesRequestLines) {
  const struct {
    std::string_view line;
    Refusal refusal;
  } kCases[] = {
      {"GET  / HTTP/1.1", Refusal::kMalformed},
      {"GET / HTTP/1.1 ", Refusal::kMalformed},
      {"GET / x HTTP/1.1", Refusal::kMalformed},
      {"GET /\t HTTP/1.1", Refusal::kMalformed},
      {"GET /\xe4 HTTP/1.1", Refusal::kMalformed},
      {"G(T / HTTP/1.1", Refusal::kMalformed},
      {"GET", Refusal::kMalformed},
      {"GET /", Refusal::kMalformed},
      {"GET / HTTP/2.0", Refusal::kUnsupportedVersion},
      {"GET / http/1.1", Refusal::kMalformed},
      {" GET / HTTP/1.1", Refusal::kMalformed},
      {"GET / HTTP/1.11", Refusal::kUnsupportedVersion},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(CheckHead(std::string(test.line) + "\r\nHost: a\r\n\r\n", {}), test.refusal) << test.line;
  }
}

TEST(HeadCheckTest, KnowsHttp10) {
  EXPECT_EQ(CheckHead("GET / HTTP/1.0\r\n\r\n", {}), std::nullopt);
  EXPECT_EQ(CheckHead("GET / HTTP/1.1\r\n\r\n", {}), Refusal::kMalformed) << "no Host";
  EXPECT_EQ(CheckHead("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", {}), Refusal::kMalformed);
}

TEST(HeadCheckTest, CountsHeaders) {
  std::string lines;
  for (int i = 0; i < 99; ++i) lines += "X: a\r\n";
  EXPECT_EQ(CheckHead(Head(lines), {}), std::nullopt);
  EXPECT_EQ(CheckHead(Head(lines + "X: a\r\n"), {}), Refusal::kHeadTooLarge);
}

// A service takes 8 KB of headers, together with those that the gateway adds.
TEST(HeadCheckTest, WeighsHeaders) {
  const std::string most = "X: " + std::string(7 * 1024 - 33 - 33 - 4, 'a') + "\r\n";
  EXPECT_EQ(CheckHead("GET / HTTP/1.1\r\nHost: a\r\n" + most + "\r\n", {}), std::nullopt);
  EXPECT_EQ(CheckHead("GET / HTTP/1.1\r\nHost: abc\r\n" + most + "\r\n", {}), Refusal::kHeadTooLarge);
  const std::string path(8000, 'a');
  EXPECT_EQ(CheckHead("GET /" + path + " HTTP/1.1\r\nHost: a\r\n" + most + "\r\n", {}), std::nullopt);
}

}  // namespace
}  // namespace wenming::gateway::http
