// HTTP/2 on the HTTP port: the same answers as over HTTP/1.1, many at once; streams, flow control, and what no good
// client sends.
#include <gmock/gmock.h>
#include <nghttp2/nghttp2.h>

#include <thread>

#include "tests/gateway/support/http2_client.h"
#include "tests/gateway/support/raw_h2.h"
#include "tests/gateway/support/route_rows.h"
#include "tests/gateway/support/tls_client.h"
#include "tests/gateway/support/tls_fixture.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Headers = Http2Client::Headers;

constexpr char kBook[] = "/v1/shelves/1/books/2";
const Headers kEvents = {{"accept", "text/event-stream"}};

size_t Count(const std::string& text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

class Http2FrontTest : public TlsGatewayTest {
 protected:
  bool MetricsSay(const std::string& text) const {
    return Eventually([&] { return MetricsPage().find(text) != std::string::npos; });
  }
};

TEST_F(Http2FrontTest, ServesEveryKindOfRoute) {
  Http2Client client(http());
  for (const RouteRow& test : kRouteRows) {
    const RawResponse response = client.Fetch(test.method, test.target, test.body);
    EXPECT_EQ(response.status, test.status) << test.method << " " << test.target << response.body;
    EXPECT_THAT(response.body, HasSubstr(test.contains)) << test.method << " " << test.target;
    EXPECT_TRUE(response.whole);
    EXPECT_EQ(response.headers.at("content-length"), std::to_string(response.body.size()));
    EXPECT_EQ(response.headers.at("x-request-id").size(), 32u);
  }
}

TEST_F(Http2FrontTest, AnswersAsTheyAreReady) {
  Http2Client client(http());
  const int32_t slow = client.Start(Http2Client::Request("GET", "/v1/shelves/1/books/slow"));
  std::vector<int32_t> quick;
  for (int i = 0; i < 90; ++i) {
    quick.push_back(client.Start(Http2Client::Request("GET", "/v1/books/" + std::to_string(i))));
  }
  for (int i = 0; i < 90; ++i) {
    EXPECT_THAT(client.Receive(quick[static_cast<size_t>(i)]).body, HasSubstr("\"books/" + std::to_string(i) + "\""));
  }
  client.Reset(slow, NGHTTP2_CANCEL);
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  EXPECT_TRUE(MetricsSay("code=\"499\""));
  EXPECT_TRUE(MetricsSay("http_server_requests_in_flight 0"));
}

TEST_F(Http2FrontTest, TellsTheServicesWhatHttp1Tells) {
  Http2Client client(http());
  const std::string body = client
                               .Fetch("GET", "/v1/metadata", "",
                                      {{"authorization", "Bearer t"},
                                       {"x-forwarded-for", "1.2.3.4"},
                                       {"x-user-id", "root"},
                                       {"x-request-id", "my-request-1"}})
                               .body;
  EXPECT_THAT(body, AllOf(HasSubstr("\"authorization: Bearer t\""), HasSubstr("\"x-forwarded-for: 127.0.0.1\""),
                          HasSubstr("\"x-request-id: my-request-1\""), Not(HasSubstr("root"))));
}

TEST_F(Http2FrontTest, HasNoBodyForHead) {
  Http2Client client(http());
  const RawResponse response = client.Fetch("HEAD", "/healthz");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-length"), "3");
  EXPECT_EQ(response.body, "");
}

TEST_F(Http2FrontTest, CarriesLargeBodiesBothWaysAtOnce) {
  Http2Client client(http());
  const std::string title(3 << 20, 'x');
  std::vector<int32_t> streams;
  for (int i = 0; i < 4; ++i) {
    streams.push_back(
        client.Start(Http2Client::Request("POST", "/v1/shelves/1/books"), "{\"title\":\"" + title + "\"}"));
  }
  for (const int32_t stream : streams) {
    const RawResponse response = client.Receive(stream);
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.whole);
    EXPECT_EQ(Count(response.body, title), 1u);
  }
}

TEST_F(Http2FrontTest, Streams) {
  Http2Client client(http());
  RawResponse response = client.Fetch("GET", "/v1/books:watch?count=3");
  EXPECT_EQ(response.headers.at("content-type"), "application/x-ndjson");
  EXPECT_EQ(response.headers.count("transfer-encoding"), 0u);
  EXPECT_EQ(Count(response.body, "{\"result\":{\"name\":"), 3u);
  EXPECT_TRUE(response.whole);
  response = client.Fetch("GET", "/v1/books:watch?count=3", "", kEvents);
  EXPECT_EQ(response.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(Count(response.body, "data: {\"name\":"), 3u);
  EXPECT_TRUE(response.whole);
  response = client.Fetch("GET", "/v1/shelves/1/books/2:download");
  EXPECT_EQ(response.body, "书名\n红楼梦\n");
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(client.Fetch("GET", "/v1/books:watch").body, "");
  response = client.Fetch("GET", "/v1/books:watch?count=3&size=1000000");
  EXPECT_TRUE(response.whole);
  EXPECT_GT(response.body.size(), 3'000'000u);
}

TEST_F(Http2FrontTest, AFailureBeforeTheFirstMessageIsAnAnswerAndOneLaterABrokenEnd) {
  Http2Client client(http());
  EXPECT_EQ(client.Fetch("GET", "/v1/books:watch?code=5").status, 404);
  const struct {
    Headers accept;
    const char* frame;
  } kCases[] = {{{}, "\n{\"error\":{\"code\":\"ABORTED\""}, {kEvents, "\n\nevent: error\ndata: {\"code\":\"ABORTED\""}};
  for (const auto& test : kCases) {
    const int32_t stream = client.Start(Http2Client::Request("GET", "/v1/books:watch?count=2&code=10", test.accept));
    EXPECT_EQ(client.ResetCode(stream), NGHTTP2_INTERNAL_ERROR);
    const RawResponse response = client.Receive(stream);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr(test.frame));
    EXPECT_FALSE(response.whole);
  }
  EXPECT_TRUE(MetricsSay("http_server_requests_total{code=\"409\",method=\"GET\",route=\"/v1/books:watch\"} 2"));
}

TEST_F(Http2FrontTest, TheServiceWaitsForASlowReader) {
  constexpr int kBooks = 600;
  Http2Client client(http());
  const int32_t stream = client.Start(Http2Client::Request("GET", "/v1/books:watch?count=600&size=100000"));
  int last = -1;
  int same = 0;
  EXPECT_TRUE(Eventually([&] {
    const int written = library_->written();
    same = written == last && written > 0 ? same + 1 : 0;
    last = written;
    return same >= 50;
  }));
  EXPECT_LT(last, kBooks);
  const RawResponse response = client.Receive(stream);
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(Count(response.body, "\n"), static_cast<size_t>(kBooks));
}

TEST_F(Http2FrontTest, AReaderThatStopsIsCutOff) {
  GatewayOptions options = Options();
  options.limits.write_time = milliseconds(200);
  Serve(options);
  Http2Client client(http());
  const int32_t stream = client.Start(Http2Client::Request("GET", "/v1/books:watch?count=600&size=100000"));
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  EXPECT_EQ(client.ResetCode(stream), NGHTTP2_CANCEL);
  EXPECT_EQ(client.Fetch("GET", kBook).status, 200);
}

TEST_F(Http2FrontTest, AnswersThatNobodyReadsAreHeldAsFarAsThereIsRoom) {
  GatewayOptions options = Options();
  options.admission.held_bytes = 3'000'000;
  Serve(options);
  const std::string cover(1'000'000, 'c');  // a third more in its answer
  const auto put = Http2Client::Request("PUT", "/v1/shelves/1/books/2/cover", {{"content-type", "image/png"}});
  Http2Client deaf(http());
  const int32_t unread = deaf.Start(put, cover);
  // Its body goes out as the windows open; the answer waits for a window that opens only while it is received.
  EXPECT_EQ(deaf.ReceiveHead(unread), 200);
  EXPECT_THAT(MetricsPage(), Not(HasSubstr("gateway_held_bytes 0\n")));
  Http2Client other(http());
  const RawResponse refused = other.Receive(other.Start(put, cover));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_TRUE(MetricsSay("gateway_refused_total{limit=\"held_bytes\"} 1"));
  EXPECT_TRUE(MetricsSay("http_server_requests_total{code=\"503\",method=\"PUT\""));
  EXPECT_THAT(MetricsPage(), Not(HasSubstr("http_server_requests_total{code=\"503\",method=\"none\"")))
      << "counted twice";
  EXPECT_EQ(other.Fetch("GET", kBook).status, 200) << "small answers get through, also on that connection";
  const RawResponse answer = deaf.Receive(unread);
  EXPECT_TRUE(answer.whole);
  EXPECT_GT(answer.body.size(), cover.size());
  EXPECT_TRUE(MetricsSay("gateway_held_bytes 0\n"));
  EXPECT_EQ(other.Receive(other.Start(put, cover)).status, 200);
}

TEST_F(Http2FrontTest, AStreamWithoutRoomIsBrokenOff) {
  GatewayOptions options = Options();
  options.admission.held_bytes = 150'000;
  Serve(options);
  Http2Client client(http());
  const int32_t stream = client.Start(Http2Client::Request("GET", "/v1/books:watch?count=600&size=200000"));
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  const RawResponse response = client.Receive(stream);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("{\"error\":{\"code\":\"UNAVAILABLE\",\"reason\":\"OVERLOADED\""));
  EXPECT_FALSE(response.whole);
  EXPECT_TRUE(MetricsSay("gateway_refused_total{limit=\"held_bytes\"} 1"));
  EXPECT_TRUE(MetricsSay("gateway_held_bytes 0\n"));
}

// CVE-2019-9518 and its like.
TEST_F(Http2FrontTest, AFloodOfFramesThatCarryNothingEndsTheConnection) {
  using raw_h2::Frame;
  const std::string head =
      raw_h2::Field(":method", "POST") + raw_h2::Field(":scheme", "https") + raw_h2::Field(":authority", "x");
  const std::string begin = std::string(raw_h2::kPreface) + Frame(raw_h2::kSettings, 0, 0) +
                            Frame(raw_h2::kHeaders, raw_h2::kEndHeaders, 1, head + raw_h2::Field(":path", "/v1/books"));
  const std::string refused = std::string(raw_h2::kPreface) + Frame(raw_h2::kSettings, 0, 0) +
                              Frame(raw_h2::kHeaders, raw_h2::kEndHeaders, 1, raw_h2::Field("X", "y") + head);
  std::string flood;
  for (int i = 0; i < 200; ++i) flood += Frame(raw_h2::kData, 0, 1);
  const std::string told = Frame(raw_h2::kGoAway, 0, 0, raw_h2::Number(1) + raw_h2::Number(NGHTTP2_ENHANCE_YOUR_CALM));
  EXPECT_THAT(TryTls(http(), {.request = begin + flood}).received, HasSubstr(told));
  EXPECT_THAT(TryTls(http(), {.request = refused + flood}).received, HasSubstr(told));
}

// Each with the status that answers it, or the code that resets it; the connection goes on.
TEST_F(Http2FrontTest, RefusesWhatNoGoodClientSends) {
  GatewayOptions options = Options();
  options.limits.body_bytes = 1000;
  options.limits.fields_bytes = 4000;
  options.limits.header_count = 20;
  Serve(options);
  const auto post = [](const Headers& more) { return Http2Client::Request("POST", "/v1/shelves/1/books", more); };
  const auto get = [](const Headers& more) { return Http2Client::Request("GET", kBook, more); };
  Headers many;
  for (int i = 0; i < 21; ++i) many.emplace_back("x-" + std::to_string(i), "1");
  const struct {
    const char* what;
    Headers headers;
    std::string body;
    int status;
    uint32_t reset;
  } kCases[] = {
      {"upper case", get({{"X-Upper", "1"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"a blank in a name", get({{"x y", "1"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"no name", get({{"", "1"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"NUL", get({{"x", std::string("a\0b", 3)}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"a line end", get({{"x", "a\r\nauthorization: b"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"connection", get({{"connection", "close"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"keep-alive", get({{"keep-alive", "1"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"upgrade", get({{"upgrade", "websocket"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"chunked", post({{"transfer-encoding", "chunked"}}), "2\r\n{}\r\n0\r\n\r\n", 0, NGHTTP2_PROTOCOL_ERROR},
      {"te", get({{"te", "gzip"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"two lengths", post({{"content-length", "2"}, {"content-length", "2"}}), "{}", 0, NGHTTP2_PROTOCOL_ERROR},
      {"no number", post({{"content-length", "+2"}}), "{}", 0, NGHTTP2_PROTOCOL_ERROR},
      {"a shorter body", post({{"content-length", "3"}}), "{}", 0, NGHTTP2_PROTOCOL_ERROR},
      {"a longer body", post({{"content-length", "1"}}), "{}", 0, NGHTTP2_PROTOCOL_ERROR},
      {"no path", {{":method", "GET"}, {":scheme", "https"}, {":authority", "x"}}, "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"no host", {{":method", "GET"}, {":scheme", "https"}, {":path", kBook}}, "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"two paths", Http2Client::Request("GET", kBook, {{":path", "/x"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"late pseudo header", get({{"x", "1"}, {":protocol", "y"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"a path without a slash", Http2Client::Request("GET", "books"), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"an absolute path", Http2Client::Request("GET", "https://x/y"), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"a blank in the path", Http2Client::Request("GET", "/a b"), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"bytes in the path", Http2Client::Request("GET", "/v1/\xe4\xb9\xa6"), "", 400, 0},
      {"two hosts", get({{"host", "test"}, {"host", "test"}}), "", 0, NGHTTP2_PROTOCOL_ERROR},
      {"another host", get({{"host", "other"}}), "", 400, 0},
      {"*", Http2Client::Request("OPTIONS", "*"), "", 400, 0},
      {"a tunnel", {{":method", "CONNECT"}, {":authority", "x:80"}}, "", 400, 0},
      {"miracles", get({{"expect", "miracles"}}), "", 417, 0},
      {"too many headers", get(many), "", 431, 0},
      {"a head too large", get({{"x", std::string(5000, 'a')}}), "", 431, 0},
      {"a body that says so", post({{"content-length", "1001"}}), std::string(1001, ' '), 413, 0},
      {"a body that does not", post({}), std::string(1001, ' '), 413, 0},
  };
  Http2Client client(http());
  for (const auto& test : kCases) {
    const int32_t stream = client.Start(test.headers, test.body);
    ASSERT_NE(stream, 0) << test.what;
    EXPECT_EQ(client.Receive(stream).status, test.status) << test.what;
    if (test.reset != 0) {
      EXPECT_EQ(client.ResetCode(stream), test.reset) << test.what;
    }
  }
  EXPECT_EQ(client.Fetch("GET", kBook).status, 200);
  EXPECT_THAT(client.Fetch("GET", kBook, "", {{"expect", "miracles"}}).body,
              StartsWith("{\"code\":\"INVALID_ARGUMENT\""));
}

TEST_F(Http2FrontTest, AsksForTheBodyThatWaits) {
  Http2Client client(http());
  const RawResponse response = client.Fetch("POST", "/v1/shelves/1/books", "{}", {{"expect", "100-continue"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.whole);
}

TEST_F(Http2FrontTest, DoesNotWaitForSlowClients) {
  GatewayOptions options = Options();
  options.limits.body_bytes = 1000;
  options.limits.head_time = options.limits.body_time = options.limits.idle_time = milliseconds(1000);
  Serve(options);
  EXPECT_TRUE(Http2Client(http()).ClosedByServer());
  Http2Client client(http());
  const auto post = Http2Client::Request("POST", "/v1/shelves/1/books");
  const int32_t stalled = client.Start(post, "{", /*ends=*/false);
  EXPECT_EQ(client.Receive(stalled).status, 408);
  EXPECT_EQ(client.ResetCode(stalled), NGHTTP2_NO_ERROR);
  const int32_t endless = client.Start(post, std::string(5000, ' '), /*ends=*/false);
  EXPECT_EQ(client.Receive(endless).status, 413);
  EXPECT_EQ(client.ResetCode(endless), NGHTTP2_NO_ERROR);
  EXPECT_TRUE(client.AskedToLeave()) << "idle";
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(Http2FrontTest, SaysThatTheGatewayStops) {
  Http2Client client(http());
  const int32_t stream = client.Start(Http2Client::Request("GET", "/v1/books:watch?count=1&stay=true"));
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  std::thread draining([this] { gateway_->Drain(); });
  EXPECT_EQ(client.ResetCode(stream), NGHTTP2_INTERNAL_ERROR);
  EXPECT_THAT(client.Receive(stream).body, HasSubstr("{\"error\":{\"code\":\"UNAVAILABLE\""));
  EXPECT_TRUE(client.AskedToLeave());
  draining.join();
  EXPECT_TRUE(client.ClosedByServer());
}

}  // namespace
}  // namespace wenming::gateway
