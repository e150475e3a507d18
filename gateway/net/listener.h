#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/net/address.h"
#include "gateway/net/asio.h"

namespace wenming::gateway {

// Accepts connections at one address and hands each to the loop that Pick names.
//
// Bound at once, so that a taken port is an error of Bind; accepts from Start to Stop. Start and Stop belong to the
// loop given to Bind; running out of file descriptors only pauses it. A shared address may be bound by others of the
// same user, too, if they share it as well (SO_REUSEPORT): the kernel deals new connections out among them.
class Listener {
 public:
  // Where a connection shall live, and what takes it there, on that loop.
  struct Target {
    asio::io_context* loop;
    std::function<void(Socket)> take;
  };
  // Called for each connection before it comes.
  using Pick = std::function<Target()>;

  // UNAVAILABLE with one sentence when the address is taken or is not ours.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(asio::io_context& loop, const Address& address, bool shared);

  void Start(Pick pick);
  // Clients that begin to connect are not heard any more, and try again a second later, at another process that shares
  // the address; who is in the middle of it still gets in.
  void Fade();
  // Takes those who are connected already, and no more.
  void Stop();
  // The port that was bound, also where 0 was asked for.
  uint16_t port() const { return port_; }

 private:
  Listener(asio::io_context& loop, Tcp::acceptor acceptor, uint16_t port);
  void Accept();
  static void Hand(const Target& target, const std::shared_ptr<Socket>& socket);

  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  uint16_t port_;
  Pick pick_;
};

}  // namespace wenming::gateway
