// Streams of a service as HTTP answers: lines of JSON, server-sent events, files; slow readers, failures and ends.
#include <gmock/gmock.h>

#include <thread>

#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kEvents[] = "Accept: text/event-stream\r\n";

size_t Count(const std::string& text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

class StreamTest : public GatewayTest {
 protected:
  void RestartWith(const std::function<void(GatewayOptions&)>& change) {
    GatewayOptions options = LibraryOptions(library_->port());
    change(options);
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
  bool MetricsSay(const std::string& text) const {
    return Eventually([&] { return MetricsPage().find(text) != std::string::npos; });
  }
};

TEST_F(StreamTest, AnswersInLinesOfJson) {
  RawConnection client(http());
  client.Send("GET /v1/books:watch?count=3 HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  auto response = client.Receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["content-type"], "application/x-ndjson");
  EXPECT_EQ(response.headers["x-request-id"].size(), 32u);
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(Count(response.body, "\n"), 3u);
  EXPECT_EQ(Count(response.body, "{\"result\":{\"name\":"), 3u);
  EXPECT_THAT(response.body, HasSubstr("\"pages\":2,"));
  EXPECT_EQ(client.Receive().body, "ok\n");
}

TEST_F(StreamTest, AnswersInEvents) {
  auto response = Get("/v1/books:watch?count=3", kEvents);
  EXPECT_EQ(response.headers["content-type"], "text/event-stream");
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(Count(response.body, "data: {\"name\":"), 3u);
  EXPECT_THAT(response.body, EndsWith("}\n\n"));
}

TEST_F(StreamTest, AnEmptyStreamIsAnAnswer) {
  auto response = Get("/v1/books:watch");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(response.body, "");
}

TEST_F(StreamTest, AFailureBeforeTheFirstMessageIsAnAnswerOfItsOwn) {
  for (const char* accept : {"", kEvents}) {
    auto response = Get("/v1/books:watch?code=5", accept);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.headers["content-type"], "application/json");
    EXPECT_THAT(response.body, StartsWith("{\"code\":\"NOT_FOUND\""));
  }
  EXPECT_EQ(Get("/v1/books:watch?nothing=1").status, 400);
  EXPECT_EQ(Get("/v1/books:watch?count=-1", "Grpc-Timeout: 50m\r\n").status, 504);
}

TEST_F(StreamTest, AFailureLaterIsAFrameAndABrokenEnd) {
  const struct {
    const char* accept;
    const char* frame;
  } kCases[] = {{"", "\n{\"error\":{\"code\":\"ABORTED\""}, {kEvents, "\n\nevent: error\ndata: {\"code\":\"ABORTED\""}};
  for (const auto& test : kCases) {
    auto response = Get("/v1/books:watch?count=2&code=10", test.accept);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr(test.frame));
    EXPECT_THAT(response.body, HasSubstr("\"requestId\":\"" + response.headers["x-request-id"]));
    EXPECT_FALSE(response.whole);
  }
  EXPECT_TRUE(MetricsSay("http_server_requests_total{code=\"409\",method=\"GET\",route=\"/v1/books:watch\"} 2"));
  EXPECT_TRUE(MetricsSay("http_server_requests_in_flight 0"));
}

TEST_F(StreamTest, TheServiceWaitsForASlowReader) {
  constexpr int kBooks = 600;
  RawConnection client(http());
  client.Send("GET /v1/books:watch?count=600&size=100000 HTTP/1.1\r\nHost: x\r\n\r\n");
  int last = -1;
  int same = 0;
  EXPECT_TRUE(Eventually([&] {
    const int written = library_->written();
    same = written == last && written > 0 ? same + 1 : 0;
    last = written;
    return same >= 50;
  }));
  EXPECT_LT(last, kBooks);  // what it has written lies in the buffers of kernel and gRPC
  EXPECT_EQ(Get("/v1/shelves/1/books/2").status, 200);
  auto response = client.Receive();
  EXPECT_TRUE(response.whole);
  EXPECT_EQ(Count(response.body, "\n"), static_cast<size_t>(kBooks));
}

TEST_F(StreamTest, AReaderThatStopsIsCutOff) {
  RestartWith([](GatewayOptions& options) { options.limits.write_time = milliseconds(200); });
  RawConnection client(http());
  client.Send("GET /v1/books:watch?count=600&size=100000 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  EXPECT_TRUE(MetricsSay("code=\"499\""));
}

TEST_F(StreamTest, AStreamWithoutRoomIsBrokenOff) {
  RestartWith([](GatewayOptions& options) { options.admission.held_bytes = 150'000; });
  RawConnection client(http());
  client.Send("GET /v1/books:watch?count=600&size=200000 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  auto response = client.Receive();
  EXPECT_THAT(response.body, HasSubstr("{\"error\":{\"code\":\"UNAVAILABLE\",\"reason\":\"OVERLOADED\""));
  EXPECT_FALSE(response.whole);
  EXPECT_TRUE(MetricsSay("gateway_refused_total{limit=\"held_bytes\"} 1"));
  EXPECT_TRUE(MetricsSay("gateway_held_bytes 0\n"));
}

TEST_F(StreamTest, CarriesMessagesLargerThanTheWindow) {
  auto response = Get("/v1/books:watch?count=3&size=1000000");
  EXPECT_TRUE(response.whole);
  EXPECT_GT(response.body.size(), 3'000'000u);
}

TEST_F(StreamTest, EndsWithTheClient) {
  RawConnection client(http());
  client.Send("GET /v1/books:watch?count=1&stay=true HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  client.Close();
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  EXPECT_TRUE(MetricsSay("code=\"499\""));
  EXPECT_TRUE(MetricsSay("http_server_requests_in_flight 0"));
}

TEST_F(StreamTest, EndsAtTheDeadline) {
  auto response = Get("/v1/books:watch?count=1&stay=true", "Grpc-Timeout: 1500m\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("{\"error\":{\"code\":\"DEADLINE_EXCEEDED\""));
  EXPECT_FALSE(response.whole);
}

TEST_F(StreamTest, LastsLongerThanACall) {
  RestartWith([](GatewayOptions& options) { options.call_time = milliseconds(100); });
  auto response = Get("/v1/books:watch?count=1&stay=true", "Grpc-Timeout: 2000m\r\n");
  EXPECT_THAT(response.body, HasSubstr("DEADLINE_EXCEEDED"));
  EXPECT_EQ(response.status, 200);
}

TEST_F(StreamTest, ASilentEventStreamShowsThatItLives) {
  RestartWith([](GatewayOptions& options) { options.stream_comment = milliseconds(50); });
  auto response = Get("/v1/books:watch?count=-1", std::string(kEvents) + "Grpc-Timeout: 2000m\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, StartsWith(":\n\n"));
  EXPECT_THAT(response.body, HasSubstr("event: error\ndata: {\"code\":\"DEADLINE_EXCEEDED\""));
}

TEST_F(StreamTest, SaysThatTheGatewayStops) {
  RawConnection client(http());
  client.Send("GET /v1/books:watch?count=1&stay=true HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  std::thread draining([this] { gateway_->Drain(); });
  auto response = client.Receive();
  client.Close();
  draining.join();
  EXPECT_THAT(response.body, HasSubstr("{\"error\":{\"code\":\"UNAVAILABLE\""));
  EXPECT_FALSE(response.whole);
}

TEST_F(StreamTest, StreamsFiles) {
  auto response = Get("/v1/shelves/1/books/2:download");
  EXPECT_EQ(response.headers["content-type"], "text/csv");
  EXPECT_EQ(response.body, "书名\n红楼梦\n");
  EXPECT_TRUE(response.whole);
  response = Get("/v1/shelves/1/books/broken:download");
  EXPECT_EQ(response.body, "书名\n");
  EXPECT_FALSE(response.whole);
}

TEST_F(StreamTest, OldClientsGetItUntilTheEndOfTheConnection) {
  RawConnection client(http());
  client.Send("GET /v1/shelves/1/books/2:download HTTP/1.0\r\n\r\n");
  auto response = client.Receive();
  EXPECT_EQ(response.headers["connection"], "close");
  EXPECT_EQ(response.headers["transfer-encoding"], "");
  EXPECT_EQ(client.ReceiveAll(), "书名\n红楼梦\n");
}

}  // namespace
}  // namespace wenming::gateway
