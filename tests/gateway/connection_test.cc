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

// Answers everything with that many bytes.
class Giver final : public Handler {
 public:
  explicit Giver(size_t bytes) : bytes_(bytes) {}
  void Handle(Request, std::shared_ptr<Exchange> exchange) override {
    exchange->Send(Response{.status = 200, .headers = {}, .body = std::string(bytes_, 'x')});
  }
  Response Refuse(Refusal refusal) override { return {.status = StatusOf(refusal), .headers = {}, .body = {}}; }

 private:
  const size_t bytes_;
};

// A client and the connection that serves it. The client reads only what it is asked to.
struct Pair {
  Pair(asio::io_context& loop, const Limits& limits, Handler& handler) : client(loop.get_executor()) {
    Tcp::acceptor acceptor(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    client.connect(acceptor.local_endpoint());
    Socket server(loop.get_executor());
    acceptor.accept(server);
    connection = std::make_shared<Connection>(std::move(server), limits, handler);
    connection->Start();
    asio::write(client, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  }
  Socket client;
  std::shared_ptr<Connection> connection;
};

// Reads until the other side closes, and counts.
void ReadOn(Socket& client, std::vector<char>& buffer, size_t& received) {
  client.async_read_some(asio::buffer(buffer), [&](ErrorCode error, size_t size) {
    received += size;
    if (!error) ReadOn(client, buffer, received);
  });
}

TEST(ConnectionTest, AnswersThatNobodyReadsAreHeldAsFarAsThereIsRoom) {
  constexpr size_t kAnswer = 32 << 20;  // more than the kernel takes
  asio::io_context loop(1);
  limits::Budget held(kAnswer * 3 / 2);
  Limits limits;
  limits.held = &held;
  Giver giver(kAnswer);
  Pair deaf(loop, limits, giver);
  while (held.taken() == 0) ASSERT_GT(loop.run_one_for(std::chrono::seconds(10)), 0u);
  EXPECT_EQ(held.taken(), kAnswer);

  Pair refused(loop, limits, giver);
  std::string answer(12, ' ');
  refused.client.async_read_some(asio::buffer(answer), [&](ErrorCode, size_t) { loop.stop(); });
  loop.run_for(std::chrono::seconds(10));
  EXPECT_EQ(answer, "HTTP/1.1 503");
  EXPECT_EQ(held.taken(), kAnswer);

  loop.restart();
  deaf.connection->Close();
  EXPECT_EQ(held.taken(), 0u);
  Pair served(loop, limits, giver);
  size_t received = 0;
  std::vector<char> bytes(1 << 20);
  ReadOn(served.client, bytes, received);
  while (received < kAnswer || held.taken() > 0) {
    ASSERT_GT(loop.run_one_for(std::chrono::seconds(10)), 0u) << received;
  }
  EXPECT_EQ(held.taken(), 0u) << "what was taken is held no longer";
  for (const auto& connection : {refused.connection, served.connection}) connection->Close();
  loop.run();
}

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
