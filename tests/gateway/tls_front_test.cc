// HTTP on TLS, as a bare client sees it.
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "tests/gateway/support/tls_client.h"
#include "tests/gateway/support/tls_fixture.h"

namespace wenming::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kHttp1[] = "\10http/1.1";
constexpr char kGet[] = "GET /v1/shelves/1/books/2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

using TlsFrontTest = TlsGatewayTest;

TEST_F(TlsFrontTest, AnswersHttp1) {
  for (const std::string& protocols : {std::string(kHttp1), std::string(kHttp1) + "\6spdy/3", std::string()}) {
    const TlsOutcome outcome = TryTls(http(), {.protocols = protocols, .request = kGet});
    EXPECT_THAT(outcome.received, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(outcome.received, HasSubstr("shelves/1/books/2"));
    EXPECT_EQ(outcome.protocol, protocols.empty() ? "" : "http/1.1");
    EXPECT_TRUE(outcome.ended);
    EXPECT_FALSE(outcome.resumable);
  }
}

TEST_F(TlsFrontTest, StreamsAndTakesManyRequestsOnAConnection) {
  const std::string stream = "GET /v1/books:watch?count=20&size=100000 HTTP/1.1\r\nHost: x\r\n\r\n";
  const TlsOutcome outcome = TryTls(http(), {.protocols = kHttp1, .request = stream + stream + kGet});
  EXPECT_GT(outcome.received.size(), 4'000'000u);
  EXPECT_THAT(outcome.received, HasSubstr("\r\n0\r\n\r\nHTTP/1.1 200 OK"));
  EXPECT_THAT(outcome.received, EndsWith("}"));
}

TEST_F(TlsFrontTest, SpeaksOnlyModernTls) {
  EXPECT_EQ(TryTls(http(), {.protocols = kHttp1, .version = TLS1_2_VERSION, .request = kGet}).version, "TLSv1.2");
  EXPECT_EQ(TryTls(http(), {.protocols = kHttp1, .request = kGet}).version, "TLSv1.3");
  const TlsHello refused[] = {
      {.protocols = kHttp1, .version = TLS1_1_VERSION, .request = kGet},
      {.protocols = kHttp1, .version = TLS1_2_VERSION, .ciphers = "AES128-SHA256", .request = kGet},
      {.protocols = "\6spdy/3", .request = kGet},
  };
  for (const TlsHello& hello : refused) EXPECT_FALSE(TryTls(http(), hello).served) << hello.protocols;
}

TEST_F(TlsFrontTest, ClosesWhatIsNoTlsOrTakesTooLong) {
  GatewayOptions options = Options();
  options.limits.head_time = std::chrono::milliseconds(300);
  Restart(options);
  RawConnection plain(http());
  plain.Send(kGet);
  EXPECT_EQ(plain.Receive().status, 0);
  RawConnection silent(http());
  EXPECT_TRUE(silent.ClosedByServer());
}

TEST_F(TlsFrontTest, DoesNotStartWithFilesOfNoUse) {
  GatewayOptions options = Options();
  options.http_tls->key = folder_ / "missing";
  auto started = Gateway::Start(options, logger_);
  EXPECT_EQ(started.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(started.status().message()), StartsWith("the HTTP port cannot use "));
}

}  // namespace
}  // namespace wenming::gateway
