// What a request may be, at both ends of each limit, over HTTP/1.1 and HTTP/2 on the same port: who changes the
// protocol gets no other answer.
#include <gtest/gtest.h>

#include "tests/gateway/support/http2_client.h"
#include "tests/gateway/support/raw_h2.h"
#include "tests/gateway/support/tls_client.h"
#include "tests/gateway/support/tls_fixture.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using Headers = Http2Client::Headers;

constexpr char kHttp1[] = "\10http/1.1";
constexpr char kBooks[] = "/v1/shelves/1/books";

// "X-…: aaa", so that it takes that many bytes of those that fields may have.
Headers Field(size_t bytes) { return {{"x-a", std::string(bytes - 32 - 3, 'a')}}; }

Headers Fields(int count) {
  Headers fields;
  for (int i = 0; i < count; ++i) fields.emplace_back("x-" + std::to_string(i), "1");
  return fields;
}

class FrontLimitsTest : public TlsGatewayTest {
 protected:
  struct Request {
    const char* method = "GET";
    std::string target = kBooks;
    Headers headers = {};
    std::string body = {};
  };

  // The status over HTTP/1.1; 0 when there is none.
  int ByHttp1(const Request& request) const {
    std::string text = request.method + (" " + request.target) + " HTTP/1.1\r\nhost: test\r\n";
    Headers headers = request.headers;
    headers.emplace_back("connection", "close");
    if (!request.body.empty()) headers.emplace_back("content-length", std::to_string(request.body.size()));
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    const std::string answer = TryTls(http(), {.protocols = kHttp1, .request = text + "\r\n" + request.body}).received;
    return answer.size() < 12 ? 0 : std::atoi(answer.substr(9, 3).c_str());
  }
  int ByHttp2(const Request& request) const {
    Http2Client client(http());
    return client
        .Receive(client.Start(Http2Client::Request(request.method, request.target, request.headers), request.body))
        .status;
  }
};

TEST_F(FrontLimitsTest, AreTheSameOverBothProtocols) {
  GatewayOptions options = Options();
  options.limits.head_bytes = 4000;
  options.limits.header_count = 20;
  options.limits.fields_bytes = 2000;
  options.limits.body_bytes = 1000;
  options.admission.held_bytes = 900;
  Serve(options);
  const std::string path = "/v1/books/";
  // Over HTTP/1.1 "host: test" counts and "connection: close", 40 and 47 bytes; over HTTP/2 the host alone.
  const struct {
    const char* what;
    Request request;
    int status;
  } kCases[] = {
      {"as many fields as may be", {.headers = Fields(18)}, 200},
      {"too many", {.headers = Fields(20)}, 431},
      {"fields as large as may be", {.headers = Field(2000 - 40 - 47)}, 200},
      {"too large", {.headers = Field(2000 - 40 + 1)}, 431},
      {"a long path", {.target = path + std::string(3500, 'p')}, 200},
      {"a path that is too long", {.target = path + std::string(4000, 'p')}, 431},
      {"a long body", {"POST", kBooks, {}, "{}" + std::string(898, ' ')}, 200},
      {"one without room among all", {"POST", kBooks, {}, "{}" + std::string(899, ' ')}, 503},
      {"one that is too long", {"POST", kBooks, {}, "{}" + std::string(999, ' ')}, 413},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ByHttp1(test.request), test.status) << test.what << ", HTTP/1.1";
    EXPECT_EQ(ByHttp2(test.request), test.status) << test.what << ", HTTP/2";
  }
}

TEST_F(FrontLimitsTest, NoProtocolIsWaitedForLonger) {
  GatewayOptions options = Options();
  options.limits.head_time = options.limits.body_time = options.limits.idle_time = milliseconds(1000);
  Serve(options);
  using raw_h2::Frame;
  const std::string hello = std::string(raw_h2::kPreface) + Frame(raw_h2::kSettings, 0, 0);
  const std::string half = Frame(raw_h2::kHeaders, 0, 1, raw_h2::Field(":method", "GET"));
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  const struct {
    const char* what;
    TlsHello hello;
    const char* contains;
  } kCases[] = {
      {"half a head, HTTP/1.1", {.protocols = kHttp1, .request = "GET /v1"}, "HTTP/1.1 408"},
      {"half a head, HTTP/2", {.request = hello + half}, ""},
      {"half a body, HTTP/1.1",
       {.protocols = kHttp1, .request = "POST /v1/shelves/1/books HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"},
       "HTTP/1.1 408"},
      {"nothing more, HTTP/1.1", {.protocols = kHttp1, .request = get}, "HTTP/1.1 200"},
      {"nothing more, HTTP/2", {.request = hello}, ""},
  };
  for (const auto& test : kCases) {
    const auto begin = std::chrono::steady_clock::now();
    const TlsOutcome outcome = TryTls(http(), test.hello);
    EXPECT_NE(outcome.received.find(test.contains), std::string::npos) << test.what;
    EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(900)) << test.what;
  }
  // A body that drips is as late as one that stands still.
  Http2Client client(http());
  const int32_t stream = client.Start(Http2Client::Request("POST", kBooks), "{", /*ends=*/false);
  EXPECT_TRUE(Eventually([&] { return client.SendMore(stream, " "); })) << "it is answered at last";
  EXPECT_EQ(client.Receive(stream).status, 408);
}

}  // namespace
}  // namespace wenming::gateway
