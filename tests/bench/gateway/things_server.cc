// The back end of the gateways' benchmark: speaks gRPC by the gateway's own HTTP/2 on one event loop, because a server
// of grpc++ would take more of the two cores than the gateways that are measured.
//
// Prints its port and serves until its standard input ends.

#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "gateway/h2/header_list.h"
#include "gateway/h2/session.h"
#include "gateway/net/listener.h"
#include "gateway/upstream/grpc_frames.h"
#include "tests/bench/gateway/things.pb.h"

namespace {

namespace gateway = wenming::gateway;
namespace h2 = wenming::gateway::h2;

std::string ThingFrame() {
  wenming::bench::v1::Thing thing;
  thing.set_name("shelves/1/things/2");
  thing.set_title("红楼梦");
  thing.set_copies(9007199254740993);
  thing.add_tags("小说");
  thing.add_tags("清代");
  const std::string bytes = thing.SerializeAsString();
  return gateway::FrameHead(bytes.size()) + bytes;
}

// One call: its answer is the thing, or for EchoLoad the frame that came.
class Call final : public h2::StreamListener {
 public:
  Call(h2::Session& session, int32_t stream, const std::string& thing)
      : session_(session), stream_(stream), thing_(thing) {}
  void OnHeaders(h2::Headers headers, bool) override {
    const std::string* path = h2::FindHeader(headers, ":path");
    echoes_ = path != nullptr && path->ends_with("/EchoLoad");
  }
  void OnData(std::string_view bytes) override {
    session_.Consume(stream_, bytes.size());
    if (echoes_) came_.append(bytes);
  }
  void OnEnd() override {
    session_.Respond(stream_, {{":status", "200"}, {"content-type", "application/grpc"}});
    session_.Write(stream_, echoes_ ? came_ : thing_);
    session_.End(stream_, {{"grpc-status", "0"}});
  }
  void OnSent(size_t) override {}
  void OnClose(uint32_t) override {}

 private:
  h2::Session& session_;  // outlives its streams
  const int32_t stream_;
  const std::string& thing_;
  std::string came_;
  bool echoes_ = false;
};

class Connection final : public h2::SessionListener {
 public:
  explicit Connection(const std::string& thing) : thing_(thing) {}
  static void Serve(gateway::Socket socket, const std::string& thing) {
    boost::system::error_code ignored;
    socket.set_option(gateway::Tcp::no_delay(true), ignored);
    auto* connection = new Connection(thing);  // deletes itself in OnClosed
    connection->session_ =
        h2::Session::Start(h2::Session::Role::kServer, std::move(socket), {.max_concurrent_streams = 1024}, connection);
  }
  std::shared_ptr<h2::StreamListener> OnStream(int32_t id) override {
    return std::make_shared<Call>(*session_, id, thing_);
  }
  void OnGoAway() override {}
  void OnClosed() override { delete this; }

 private:
  const std::string& thing_;
  std::shared_ptr<h2::Session> session_;
};

}  // namespace

int main() {
  const std::string thing = ThingFrame();
  gateway::asio::io_context loop(1);
  auto listener = gateway::Listener::Bind(loop, {"127.0.0.1", 0}, false);
  if (!listener.ok()) {
    std::cerr << listener.status() << std::endl;
    return 1;
  }
  (*listener)->Start([&] {
    return gateway::Listener::Target{&loop,
                                     [&thing](gateway::Socket socket) { Connection::Serve(std::move(socket), thing); }};
  });
  std::cout << (*listener)->port() << std::endl;
  std::thread serving([&] { loop.run(); });
  for (std::string line; std::getline(std::cin, line);) {
  }
  loop.stop();
  serving.join();
  return 0;
}
