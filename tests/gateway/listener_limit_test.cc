// The most connections that a listener has, whichever loop they live on.
#include <gmock/gmock.h>

#include "tests/gateway/support/http2_client.h"
#include "tests/gateway/support/tls_fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;

class ListenerLimitTest : public TlsGatewayTest {
 protected:
  // Two places, for two threads.
  void ServeTwo(GatewayOptions options) {
    options.limits.connections = 2;
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
};

TEST_F(ListenerLimitTest, WhoComesThenIsToldToComeBack) {
  ServeTwo(LibraryOptions(library_->port()));
  RawConnection first(http());
  auto second = std::make_unique<RawConnection>(http());
  for (RawConnection* each : {&first, second.get()}) {
    each->Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(each->Receive().status, 200);
  }
  RawConnection third(http());
  RawResponse response = third.Receive();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers["retry-after"], "1");
  EXPECT_EQ(response.headers["connection"], "close");
  EXPECT_THAT(response.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  EXPECT_TRUE(third.ClosedByServer());
  second.reset();
  EXPECT_TRUE(Eventually([this] { return Fetch(http(), "GET", "/healthz").status == 200; }));
}

TEST_F(ListenerLimitTest, WithTlsNobodyShakesHandsForIt) {
  ServeTwo(Options());
  Http2Client first(http());
  Http2Client second(http());
  EXPECT_EQ(first.Fetch("GET", "/healthz").status, 200);
  EXPECT_EQ(second.Fetch("GET", "/healthz").status, 200);
  EXPECT_TRUE(RawConnection(http()).ClosedByServer());
}

}  // namespace
}  // namespace wenming::gateway
