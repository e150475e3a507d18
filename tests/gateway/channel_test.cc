#include "gateway/upstream/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace wenming::gateway {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::shared_ptr<Channel> ChannelTo(asio::io_context& loop, const Tcp::acceptor& acceptor, const ChannelOptions& options,
                                   Channel::Watcher watcher) {
  return std::make_shared<Channel>(
      loop, acceptor.local_endpoint(), "service:1", options, [] { return 0.5; }, std::move(watcher));
}

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

  const auto channel =
      ChannelTo(loop, acceptor, {.connect_timeout = minutes(1)}, [](Channel::News) { FAIL() << "it is stopped"; });
  channel->Start();
  EXPECT_TRUE(channel->connecting());
  channel->Stop();
  EXPECT_FALSE(channel->connecting());
  loop.run_for(seconds(10));
  EXPECT_TRUE(loop.stopped());
}

TEST(ChannelTest, WhoNeverSaysAWordIsNotConnected) {
  asio::io_context loop(1);
  // The kernel takes the connection; nobody else does.
  Tcp::acceptor acceptor(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  std::vector<Channel::News> news;
  const auto channel = ChannelTo(loop, acceptor, {.connect_timeout = std::chrono::milliseconds(50)},
                                 [&](Channel::News told) { news.push_back(told); });
  channel->Start();
  while (news.empty()) ASSERT_EQ(loop.run_one_for(seconds(10)), 1u);
  EXPECT_EQ(news.front(), Channel::News::kFailed);
  EXPECT_FALSE(channel->TryPass());
  channel->Stop();
}

}  // namespace
}  // namespace wenming::gateway
