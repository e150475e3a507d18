// The end of a gateway, and the beginning of the next one at the same ports.
#include <gmock/gmock.h>

#include <thread>

#include "tests/gateway/support/load.h"
#include "tests/gateway/support/tls_fixture.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr char kBook[] = "/v1/shelves/1/books/2";
const std::string kGet = std::string("GET ") + kBook + " HTTP/1.1\r\nHost: x\r\n\r\n";

using DrainTest = GatewayTest;

TEST_F(DrainTest, GoesOnForAWhileAndAsksClientsToMove) {
  GatewayOptions options = LibraryOptions(library_->port());
  options.drain_delay = milliseconds(5000);
  Restart(options);
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  RawConnection known(http());
  known.Send(kGet);
  EXPECT_EQ(known.Receive().headers.count("connection"), 0u);
  RawConnection idle(http());
  idle.Send(kGet);
  EXPECT_EQ(idle.Receive().status, 200);

  std::thread draining([this] { gateway_->Drain(); });
  EXPECT_TRUE(Eventually([this] { return !Ready(); }));
  known.Send(kGet);
  RawResponse response = known.Receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["connection"], "close");
  EXPECT_TRUE(known.ClosedByServer());
  RawConnection late(http());
  late.Send(kGet);
  response = late.Receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["connection"], "close");
  EXPECT_TRUE(idle.ClosedByServer());
  late.Close();
  known.Close();
  idle.Close();
  draining.join();
  EXPECT_EQ(Fetch(http(), "GET", kBook).status, 0);
}

TEST_F(DrainTest, AClientThatHasJustComeGetsItsAnswer) {
  RawConnection fresh(http());
  ASSERT_TRUE(Eventually([this] { return MetricsPage().find("http_server_connections 1") != std::string::npos; }));
  std::thread draining([this] { gateway_->Drain(); });
  ASSERT_TRUE(Eventually([this] { return !Ready(); }));
  fresh.Send(kGet);
  const RawResponse response = fresh.Receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("connection"), "close");
  fresh.Close();
  draining.join();
}

TEST_F(DrainTest, AddressesAreSharedOnlyByThoseWhoBothWantIt) {
  GatewayOptions options = LibraryOptions(library_->port());
  options.share_ports = true;
  Restart(options);
  options.http.port = http();
  options.grpc->port = gateway_->grpc_port();
  options.metrics->port = gateway_->metrics_port();
  EXPECT_TRUE(Gateway::Start(options, logger_).ok());
  options.share_ports = false;
  EXPECT_THAT(std::string(Gateway::Start(options, logger_).status().message()), HasSubstr("already in use"));
}

class RollingRestartTest : public TlsGatewayTest {
 protected:
  void SetUp() override {
    TlsGatewayTest::SetUp();
    options_ = Options();
  }

  // The first gateway, the load on it, three successors one after the other, and what became of the load.
  void Roll(const std::function<void(Load&)>& start) {
    options_.share_ports = true;
    options_.drain_delay = milliseconds(1500);
    Serve(options_);
    options_.http.port = http();
    options_.grpc->port = gateway_->grpc_port();
    Load load(http(), gateway_->grpc_port());
    start(load);
    for (int round = 0; round < 3; ++round) {
      const int before = load.good();
      ASSERT_TRUE(Eventually([&] { return load.good() > before + 100; }));
      auto next = Gateway::Start(options_, logger_);
      ASSERT_TRUE(next.ok()) << next.status();
      const uint16_t metrics = (*next)->metrics_port();
      ASSERT_TRUE(Eventually([&] { return Fetch(metrics, "GET", "/readyz").status == 200; }));
      gateway_->Drain();
      gateway_ = *std::move(next);
    }
    const int before = load.good();
    EXPECT_TRUE(Eventually([&] { return load.good() > before + 100; }));
    load.Stop();
    EXPECT_EQ(load.bad(), 0) << "of " << load.good();
  }

  GatewayOptions options_;
};

TEST_F(RollingRestartTest, LosesNoRequestOfHttp2AndGrpc) {
  Roll([](Load& load) {
    for (int i = 0; i < 3; ++i) load.StartHttp2();
    for (int i = 0; i < 3; ++i) load.StartGrpc();
  });
}

TEST_F(RollingRestartTest, LosesNoRequestOfHttp1) {
  options_.http_tls.reset();
  Roll([](Load& load) {
    for (int i = 0; i < 6; ++i) load.StartHttp1();
  });
}

}  // namespace
}  // namespace wenming::gateway
