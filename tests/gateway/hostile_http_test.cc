// Bytes that no good client sends. Each gets the expected answer, and the connection is not trusted any more.
#include <gmock/gmock.h>

#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using std::string_view_literals::operator""sv;
using testing::HasSubstr;

class HostileHttpTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    auto options = LibraryOptions(library_->port());
    options.limits.body_bytes = 1000;
    options.limits.head_bytes = 2000;
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
};

TEST_F(HostileHttpTest, AnswersAndCloses) {
  const std::string get = "GET /v1/shelves/1/books/2 HTTP/1.1\r\nHost: x\r\n";
  const struct {
    std::string bytes;
    int status;
  } kCases[] = {
      {"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400},  // TLS on a plain port
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},  // HTTP/2 on an HTTP/1 port
      {"nonsense\r\n\r\n", 400},
      {"GET /v1/books/a\r\n\r\n", 400},                 // HTTP/0.9
      {"GET /v1/books/a HTTP/1.1\r\n\r\n", 400},        // no Host
      {"GET /v1/books/a HTTP/1.1\nHost: x\n\n", 400},   // bare LF
      {get + "X: a\r\n b\r\n\r\n", 400},                // folded
      {get + std::string("X: a\0b\r\n\r\n", 10), 400},  // NUL
      {get + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {get + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {get + "Content-Length: 5, 5\r\n\r\nhello", 400},
      {get + "Transfer-Encoding: chunked, identity\r\n\r\n", 501},
      {get + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX", 400},
      {get + "Content-Length: 1001\r\n\r\n", 413},
      {get + "X: " + std::string(3000, 'a') + "\r\n\r\n", 431},
      {"GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n", 431},
      {get + "Expect: miracles\r\n\r\n", 417},
      {"GET books HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET http:///x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
  };
  for (const auto& test : kCases) {
    RawConnection client(http());
    client.Send(test.bytes + get + "\r\n");
    EXPECT_EQ(client.Receive().status, test.status) << test.bytes.substr(0, 200);
    EXPECT_TRUE(client.ClosedByServer()) << "a second answer to " << test.bytes.substr(0, 200);
  }
  EXPECT_EQ(Get("/v1/shelves/1/books/2").status, 200);
}

TEST_F(HostileHttpTest, ExplainsInJson) {
  RawConnection client(http());
  client.Send("nonsense\r\n\r\n");
  auto response = client.Receive();
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"INVALID_ARGUMENT\""));
  EXPECT_THAT(response.body, HasSubstr("\"requestId\":\"" + response.headers["x-request-id"]));
  EXPECT_EQ(response.headers["connection"], "close");
}

TEST_F(HostileHttpTest, TakesTheAbsoluteFormAndOldClients) {
  RawConnection client(http());
  client.Send("\r\nGET http://any.where/v1/shelves/1/books/2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 200);
  RawConnection old(http());
  old.Send("GET /v1/shelves/1/books/2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Receive().status, 200);
  EXPECT_TRUE(old.ClosedByServer());
}

TEST_F(HostileHttpTest, AsksForTheBodyThatWaits) {
  RawConnection client(http());
  client.Send("POST /v1/shelves/1/books HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  client.Send("{}");
  EXPECT_EQ(client.Receive().status, 200);
}

TEST_F(HostileHttpTest, SendsNoBodyToHead) {
  RawConnection client(http());
  client.Send("HEAD /v1/shelves/1/books/2 HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive(/*head_only=*/true).status, 200);
  EXPECT_EQ(client.Receive().body, "ok\n");
}

TEST_F(HostileHttpTest, DoesNotWaitForSlowClients) {
  auto options = LibraryOptions(library_->port());
  options.limits.head_time = options.limits.body_time = options.limits.idle_time = std::chrono::seconds(1);
  Restart(options);
  RawConnection silent(http());
  EXPECT_TRUE(silent.ClosedByServer());
  RawConnection slow_head(http());
  slow_head.Send("GET / HT");
  EXPECT_EQ(slow_head.Receive().status, 408);
  RawConnection slow_body(http());
  slow_body.Send("POST /v1/shelves/1/books HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(slow_body.Receive().status, 408);
  RawConnection idle(http());
  idle.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.Receive().status, 200);
  EXPECT_TRUE(idle.ClosedByServer());
}

// A client that sends a byte now and then is as slow as one that sends none.
TEST_F(HostileHttpTest, DoesNotWaitForDrippingClients) {
  auto options = LibraryOptions(library_->port());
  options.limits.head_time = options.limits.body_time = std::chrono::milliseconds(200);
  Restart(options);
  const std::string head = "POST /v1/shelves/1/books HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& begun :
       {head + "X: ", head + "Content-Length: 1000000\r\n\r\n", head + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"}) {
    RawConnection client(http());
    client.Send(begun);
    const bool answered = Eventually([&] {
      client.Send("a");
      return client.HasInput();
    });
    EXPECT_TRUE(answered) << begun;
    EXPECT_EQ(client.Receive().status, 408) << begun;
  }
}

TEST_F(HostileHttpTest, DoesNotWaitForClientsThatDoNotRead) {
  auto options = LibraryOptions(library_->port());
  options.limits.write_time = std::chrono::milliseconds(300);
  Restart(options);
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  const std::string cover(1 << 20, 'c');
  const std::string request =
      "PUT /v1/shelves/1/books/2/cover HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(cover.size()) +
      "\r\n\r\n" + cover;
  RawConnection client(http());
  // More than the kernel takes for a reader: at some point nothing gets through, and the connection is given up.
  for (int i = 0; i < 64; ++i) client.Send(request);
  EXPECT_TRUE(Eventually([this] { return MetricsPage().find("http_server_connections 0") != std::string::npos; }));
  EXPECT_THAT(MetricsPage(), HasSubstr("gateway_held_bytes 0"));
}

TEST_F(HostileHttpTest, RefusesAnArrayOfAMillionValues) {
  Restart(LibraryOptions(library_->port()));
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  std::string tags = "[\"\"";
  for (int i = 1; i < 1'000'000; ++i) tags += ",{}";
  const RawResponse response = Post("/v1/shelves/1/books", "{\"tags\":" + tags + "]}");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("TOO_MANY_ITEMS"));
}

}  // namespace
}  // namespace wenming::gateway
