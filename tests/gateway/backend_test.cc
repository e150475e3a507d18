// Back ends that are not there, come back, or never answer; and the gateway's own start and end.
#include <gmock/gmock.h>

#include <thread>

#include "tests/gateway/support/descriptors.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;

using BackendTest = GatewayTest;

TEST_F(BackendTest, ComesAndGoes) {
  const int port = library_->port();
  library_.reset();
  ASSERT_TRUE(Eventually([this] { return !Ready(); }));
  auto response = Get("/v1/shelves/1/books/2");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers["retry-after"], "1");
  EXPECT_THAT(response.body, HasSubstr("BACKEND_UNAVAILABLE"));
  EXPECT_EQ(Get("/healthz").status, 200);

  library_ = std::make_unique<LibraryServer>(port);
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  EXPECT_TRUE(Eventually([this] { return Get("/v1/shelves/1/books/2").status == 200; }));
}

TEST_F(BackendTest, FailsRunningCallsWhenItDies) {
  RawConnection client(http());
  client.Send("GET /v1/shelves/1/books/slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  library_.reset();
  auto response = client.Receive();
  EXPECT_TRUE(response.status == 503 || response.status == 499) << response.status;
}

TEST(GatewayStartTest, StartsBeforeItsBackEnd) {
  std::ostringstream log;
  observe::Logger logger(log, "gateway", observe::Severity::kInfo, observe::SystemClock());
  auto gateway = Gateway::Start(LibraryOptions(1), logger);
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  EXPECT_EQ(Fetch((*gateway)->http_port(), "GET", "/readyz").status, 503);
  EXPECT_EQ(Fetch((*gateway)->http_port(), "GET", "/v1/shelves/1/books/2").status, 503);
}

TEST(GatewayStartTest, SaysThatAPortIsTaken) {
  std::ostringstream log;
  observe::Logger logger(log, "gateway", observe::Severity::kInfo, observe::SystemClock());
  auto first = Gateway::Start(LibraryOptions(1), logger);
  ASSERT_TRUE(first.ok());
  auto options = LibraryOptions(1);
  options.http.port = (*first)->http_port();
  auto second = Gateway::Start(options, logger);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().message(), options.http.Text() + " is already in use by another program");
}

TEST_F(BackendTest, DrainsWithoutLosingARequest) {
  RawConnection idle(http());
  RawConnection busy(http());
  busy.Send("GET /v1/shelves/1/books/slow HTTP/1.1\r\nHost: x\r\nGrpc-Timeout: 300m\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  const uint16_t metrics = gateway_->metrics_port();
  std::thread draining([this] { gateway_->Drain(); });
  EXPECT_TRUE(Eventually([&] { return Fetch(metrics, "GET", "/readyz").status == 503; }));
  EXPECT_TRUE(idle.ClosedByServer());
  auto response = busy.Receive();
  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(response.headers["connection"], "close");
  busy.Close();
  draining.join();
  EXPECT_THAT(log_.str(), HasSubstr("drained"));
}

}  // namespace
}  // namespace wenming::gateway
