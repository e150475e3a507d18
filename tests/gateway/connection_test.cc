#include "gateway/http/connection.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace wenming::gateway::http {
namespace {

class Counter final : public Handler {
 public:
  void Handle(Request, std::shared_ptr<Exchange> exchange) override {
    ++requests;
    exchange->Send(Response{.status = 204, .headers = {}, .body = {}});
  }
  Response Refuse(Refusal refusal) override { return {.status = StatusOf(refusal), .headers = {}, .body = {}}; }
  int requests = 0;
};

TEST(ConnectionTest, AnEndlessPipelineTakesNoMoreMemory) {
  asio::io_context loop(1);
  Tcp::acceptor acceptor(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  Socket client(loop.get_executor());
  client.connect(acceptor.local_endpoint());
  Socket server(loop.get_executor());
  acceptor.accept(server);
  Limits limits;
  Counter counter;
  auto connection = std::make_shared<Connection>(std::move(server), limits, counter);
  connection->Start();

  // Pieces of a hundred requests, cut so that half a request is always behind.
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  std::string many;
  for (int i = 0; i < 100; ++i) many += request;
  const std::string half = request.substr(request.size() / 2);
  asio::write(client, asio::buffer(request.substr(0, request.size() / 2)));
  const std::string piece = half + many.substr(0, many.size() - half.size());
  std::vector<char> answers(64 * 1024);
  size_t most = 0;
  for (int sent = 100; sent <= 100'000; sent += 100) {
    asio::write(client, asio::buffer(piece));
    while (counter.requests < sent) ASSERT_GT(loop.run_one_for(std::chrono::seconds(10)), 0u) << sent;
    while (client.available() > 0) client.read_some(asio::buffer(answers));
    most = std::max(most, connection->input_capacity());
  }
  EXPECT_LT(most, 256u * 1024);
  connection->Close();
  loop.run();
}

}  // namespace
}  // namespace wenming::gateway::http
