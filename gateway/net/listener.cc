#include "gateway/net/listener.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wenming::gateway {
namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr auto kPause = std::chrono::milliseconds(100);

absl::Status Refused(const Address& address, const ErrorCode& error) {
  if (error == asio::error::address_in_use) {
    return absl::UnavailableError(absl::StrCat(address.Text(), " is already in use by another program"));
  }
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address.Text(), ": ", error.message()));
}

}  // namespace

Listener::Listener(asio::io_context& loop, Tcp::acceptor acceptor, uint16_t port)
    : acceptor_(std::move(acceptor)), pause_(loop), port_(port) {}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(asio::io_context& loop, const Address& address, bool shared) {
  ErrorCode error;
  Tcp::resolver resolver(loop);
  auto found = resolver.resolve(address.host, std::to_string(address.port), Tcp::resolver::passive, error);
  if (error) return Refused(address, error);
  Tcp::endpoint endpoint = found.begin()->endpoint();
  Tcp::acceptor acceptor(loop);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && shared) acceptor.set_option(ReusePort(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return Refused(address, error);
  uint16_t port = acceptor.local_endpoint(error).port();
  return std::unique_ptr<Listener>(new Listener(loop, std::move(acceptor), port));
}

void Listener::Start(Pick pick) {
  pick_ = std::move(pick);
  Accept();
}

// Closing resets who was not accepted yet, so nobody may be on his way then: the kernel drops segments that open a
// connection (SYN, in the fourteenth byte of the header). What it does not support costs nothing else.
void Listener::Fade() {
  constexpr uint32_t kFlags = 13;
  constexpr uint32_t kSyn = 0x02;
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlags), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kSyn, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)};
  const sock_fprog filter{.len = 4, .filter = code};
  setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

void Listener::Stop() {
  ErrorCode ignored;
  if (pick_ && acceptor_.is_open()) {
    ErrorCode error;
    acceptor_.non_blocking(true, error);
    while (!error) {
      Target target = pick_();
      auto socket = std::make_shared<Socket>(target.loop->get_executor());
      acceptor_.accept(*socket, error);
      if (!error) Hand(target, socket);
    }
  }
  acceptor_.close(ignored);
  pause_.cancel();
}

void Listener::Accept() {
  Target target = pick_();
  auto socket = std::make_shared<Socket>(target.loop->get_executor());
  acceptor_.async_accept(*socket, [this, socket, target](ErrorCode error) {
    if (!acceptor_.is_open()) {
      if (!error) Hand(target, socket);  // it was accepted before the end
      return;
    }
    if (error) {
      pause_.expires_after(kPause);
      pause_.async_wait([this](ErrorCode stopped) {
        if (!stopped && acceptor_.is_open()) Accept();
      });
      return;
    }
    Hand(target, socket);
    Accept();
  });
}

void Listener::Hand(const Target& target, const std::shared_ptr<Socket>& socket) {
  ErrorCode ignored;
  socket->set_option(Tcp::no_delay(true), ignored);
  asio::post(*target.loop, [take = target.take, socket] { take(std::move(*socket)); });
}

}  // namespace wenming::gateway
