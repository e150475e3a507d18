#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "gateway/h2/session.h"
#include "gateway/net/address.h"
#include "gateway/net/asio.h"

namespace wenming::gateway {

// How a channel finds its way back.
struct ChannelOptions {
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{3000};
};

// The connection of one event loop to one back end, made anew whenever it breaks.
//
// A back end that says GOAWAY gets a new connection at once while the old one finishes its streams. After a refused or
// broken connection the pauses grow, and calls fail at once instead of waiting. Belongs to its loop.
class Channel final : private h2::SessionListener {
 public:
  // A session to use, or null when there is none to be had now.
  using Taker = absl::AnyInvocable<void(std::shared_ptr<h2::Session>)>;
  // Told whenever the channel becomes connected (true) or loses its connection (false).
  using Watcher = std::function<void(bool connected)>;

  Channel(asio::io_context& loop, Address address, const ChannelOptions& options, Watcher watcher);
  ~Channel() override;

  void Start();
  // Closes the connection and makes no more.
  void Stop();
  // Calls `taker` now, or, while a connection is being made, once that is decided.
  void Acquire(Taker taker);

  const Address& address() const { return address_; }
  bool connected() const { return session_ != nullptr; }

 private:
  std::shared_ptr<h2::StreamListener> OnStream(int32_t) override { return nullptr; }
  void OnGoAway() override;
  void OnClosed() override;

  void Connect();
  void OnConnected(Socket socket);
  void Retry();
  void Settle();

  asio::io_context& loop_;
  const Address address_;
  const ChannelOptions options_;
  Watcher watcher_;
  Tcp::resolver resolver_;
  Timer timer_;
  std::shared_ptr<Socket> connecting_socket_;  // while a connection is being made
  std::shared_ptr<h2::Session> session_;
  std::vector<Taker> waiting_;
  std::chrono::milliseconds pause_;
  std::chrono::steady_clock::time_point connected_at_;
  bool connecting_ = false;
  bool stopped_ = false;
  int attempt_ = 0;
};

}  // namespace wenming::gateway
