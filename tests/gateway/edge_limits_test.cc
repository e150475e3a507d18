// What one client of the gRPC edge can make it hold.
#include <gtest/gtest.h>

#include "gateway/h2/session.h"
#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/raw_h2.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;

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

class EdgePatienceTest : public GatewayTest {
 protected:
  void Open(const std::function<void(GatewayOptions&)>& change) {
    GatewayOptions options = LibraryOptions(library_->port());
    change(options);
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
  bool EndsUp(const std::string& metric) {
    return Eventually([&] { return MetricsPage().find("\n" + metric + "\n") != std::string::npos; });
  }
};

TEST_F(EdgePatienceTest, WaitsForTheFirstWordsOnlySoLong) {
  Open([](GatewayOptions& options) { options.limits.head_time = milliseconds(200); });
  RawConnection silent(gateway_->grpc_port());
  silent.ReceiveAll();
  RawConnection half(gateway_->grpc_port());
  half.Send(raw_h2::kPreface.substr(0, 10));
  half.ReceiveAll();
  RawH2Client half_a_call(gateway_->grpc_port());
  half_a_call.Send(raw_h2::Frame(raw_h2::kHeaders, 0, 1, raw_h2::CallFields("GetBook")));
  EXPECT_TRUE(half_a_call.ReadToEnd().closed);
  EXPECT_TRUE(EndsUp("grpc_edge_connections 0"));
}

TEST_F(EdgePatienceTest, AnIdleConnectionIsTakenLeaveOf) {
  Open([](GatewayOptions& options) { options.limits.edge_idle_time = milliseconds(200); });
  RawH2Client idle(gateway_->grpc_port());
  EXPECT_TRUE(idle.ReadToEnd().closed);
  EXPECT_EQ(idle.seen().go_away, NGHTTP2_NO_ERROR);
}

TEST_F(EdgePatienceTest, AConnectionWithACallIsNotIdle) {
  Open([](GatewayOptions& options) {
    options.limits.edge_idle_time = milliseconds(800);
    options.call_time = milliseconds(1600);
  });
  testdata::GetBookRequest slow;
  slow.set_name("shelves/1/books/slow");
  RawH2Client client(gateway_->grpc_port());
  client.Send(raw_h2::Call(1, "GetBook", {}, slow.SerializeAsString()));
  const auto& seen = client.ReadStream(1);
  EXPECT_EQ(seen.ended.count(1), 1u) << "it ends with its status, not with a reset of "
                                     << (seen.resets.empty() ? 0 : seen.resets.begin()->second);
  EXPECT_EQ(client.seen().go_away, std::nullopt);
  EXPECT_EQ(client.ReadToEnd().go_away, NGHTTP2_NO_ERROR);
}

TEST_F(EdgePatienceTest, AClientThatTakesNothingIsCutOff) {
  Open([](GatewayOptions& options) { options.limits.write_time = milliseconds(300); });
  testdata::WatchBooksRequest endless;
  endless.set_count(1'000'000);
  endless.set_size(10'000);
  RawH2Client client(gateway_->grpc_port(), raw_h2::Setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0x7fffffff));
  client.Send(raw_h2::Frame(raw_h2::kWindowUpdate, 0, 0, raw_h2::Number(0x7fff0000)));
  client.Send(raw_h2::Call(1, "WatchBooks", {}, endless.SerializeAsString()));
  ASSERT_TRUE(EndsUp("grpc_edge_connections 1"));
  EXPECT_TRUE(EndsUp("grpc_edge_connections 0"));
  EXPECT_TRUE(EndsUp("gateway_held_bytes 0"));
  EXPECT_TRUE(Eventually([this] { return library_->cancelled() == 1; }));
}

// Streams that are opened and not read hold what the windows allow, and all of them together no more than there is.
TEST_F(EdgePatienceTest, UnreadAnswersAreBoundedTogether) {
  Open([](GatewayOptions& options) { options.admission.held_bytes = 1 << 20; });
  testdata::WatchBooksRequest endless;
  endless.set_count(1'000'000);
  endless.set_size(10'000);
  RawH2Client client(gateway_->grpc_port(), raw_h2::Setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0));
  for (uint32_t stream = 1; stream < 40; stream += 2) {
    client.Send(raw_h2::Call(stream, "WatchBooks", {}, endless.SerializeAsString()));
  }
  EXPECT_TRUE(Eventually(
      [this] { return MetricsPage().find("gateway_refused_total{limit=\"held_bytes\"} 1") != std::string::npos; }));
  EXPECT_TRUE(Eventually([this] { return library_->cancelled() >= 10; })) << "20 streams want 5 MB";
}

}  // namespace
}  // namespace wenming::gateway
