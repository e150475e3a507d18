#include "gateway/upstream/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace wenming::gateway {
namespace {

Address AddressOf(const Tcp::acceptor& acceptor) { return {"127.0.0.1", acceptor.local_endpoint().port()}; }

TEST(ChannelTest, StopsWhileItConnects) {
  asio::io_context loop(1);
  // A full queue of connections: the kernel drops every further SYN.
  Tcp::acceptor acceptor(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  acceptor.listen(0);
  asio::io_context never_run(1);
  std::vector<std::unique_ptr<Socket>> fillers;
  for (int i = 0; i < 4; ++i) {
    auto& filler = *fillers.emplace_back(std::make_unique<Socket>(never_run.get_executor()));
    filler.async_connect(acceptor.local_endpoint(), [](ErrorCode) {});
  }

  Channel channel(loop, AddressOf(acceptor), {.connect_timeout = std::chrono::minutes(1)}, [](bool) { FAIL(); });
  channel.Start();
  ASSERT_EQ(loop.run_one_for(std::chrono::seconds(10)), 1u);  // the name is resolved, the SYN is out
  bool told = false;
  channel.Acquire([&](std::shared_ptr<h2::Session> session) {
    told = true;
    EXPECT_EQ(session, nullptr);
  });
  EXPECT_FALSE(told);
  channel.Stop();
  EXPECT_TRUE(told);
  loop.run_for(std::chrono::seconds(10));
  EXPECT_TRUE(loop.stopped());
}

}  // namespace
}  // namespace wenming::gateway
