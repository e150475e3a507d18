// What one client of the gRPC edge can make it hold.
#include <gtest/gtest.h>

#include "gateway/h2/session.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

// A client that reads nothing: its streams have no window, and it never opens one.
class DeafClient final : private h2::SessionListener {
 public:
  explicit DeafClient(uint16_t port) {
    Socket socket(loop_.get_executor());
    socket.connect({asio::ip::address_v4::loopback(), port});
    session_ = h2::Session::Start(h2::Session::Role::kClient, std::move(socket), {.stream_window = 0}, this);
  }
  ~DeafClient() override {
    session_->Close();
    loop_.run();
  }

  // Why the stream of a call to `path` was closed; nothing if it was not within ten seconds. `ends`: whether the client
  // says that it sends no more.
  std::optional<uint32_t> Call(const std::string& path, bool ends) {
    auto stream = std::make_shared<Stream>();
    const int32_t id = session_->Open({{":method", "POST"},
                                       {":scheme", "http"},
                                       {":path", path},
                                       {":authority", "test"},
                                       {"te", "trailers"},
                                       {"content-type", "application/grpc"}},
                                      stream);
    session_->Write(id, std::string(5, '\0'));
    if (ends) session_->End(id);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!stream->closed && std::chrono::steady_clock::now() < end) loop_.run_one_until(end);
    EXPECT_GT(stream->headers, 0);
    return stream->closed;
  }

 private:
  struct Stream final : h2::StreamListener {
    void OnHeaders(h2::Headers, bool) override { ++headers; }
    void OnData(std::string_view) override {}
    void OnEnd() override {}
    void OnSent(size_t) override {}
    void OnClose(uint32_t error_code) override { closed = error_code; }
    int headers = 0;
    std::optional<uint32_t> closed;
  };
  std::shared_ptr<h2::StreamListener> OnStream(int32_t) override { return nullptr; }
  void OnGoAway() override {}
  void OnClosed() override {}

  asio::io_context loop_{1};
  std::shared_ptr<h2::Session> session_;
};

using EdgeLimitsTest = GatewayTest;

TEST_F(EdgeLimitsTest, AStreamThatIsNeverReadOrEndedIsResetAtTheDeadline) {
  GatewayOptions options = LibraryOptions(library_->port());
  options.call_time = std::chrono::milliseconds(300);
  Restart(options);
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  DeafClient client(gateway_->grpc_port());
  EXPECT_EQ(client.Call("/wenming.gateway.testdata.Library/GetBook", /*ends=*/true), NGHTTP2_CANCEL);
  EXPECT_EQ(client.Call("/wenming.gateway.testdata.Library/Unknown", /*ends=*/false), NGHTTP2_CANCEL);
  EXPECT_NE(MetricsPage().find("grpc_edge_in_flight 0"), std::string::npos);
}

TEST_F(EdgeLimitsTest, ThereIsAMostOfConnections) {
  GatewayOptions options = LibraryOptions(library_->port());
  options.threads = 1;
  options.limits.connections = 2;
  Restart(options);
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  RawConnection first(gateway_->grpc_port());
  auto second = std::make_unique<RawConnection>(gateway_->grpc_port());
  EXPECT_TRUE(RawConnection(gateway_->grpc_port()).ClosedByServer());
  second.reset();
  ASSERT_TRUE(Eventually([this] { return MetricsPage().find("grpc_edge_connections 1") != std::string::npos; }));
  EXPECT_TRUE(Eventually([this] { return !RawConnection(gateway_->grpc_port()).ClosedByServer(); }));
}

}  // namespace
}  // namespace wenming::gateway
