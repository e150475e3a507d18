#include "gateway/upstream/channel.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <utility>

namespace wenming::gateway {
namespace {

constexpr int kDeadAfterMilliseconds = 10'000;
constexpr auto kStable = std::chrono::seconds(1);

// A peer that vanished without a word is noticed by the kernel, whether or not bytes are on their way.
void WatchPeer(Socket& socket) {
  int fd = socket.native_handle();
  int on = 1;
  int idle_seconds = 10;
  int interval_seconds = 5;
  int timeout = kDeadAfterMilliseconds;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof(idle_seconds));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_seconds, sizeof(interval_seconds));
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
}

}  // namespace

Channel::Channel(asio::io_context& loop, Address address, const ChannelOptions& options, Watcher watcher)
    : loop_(loop),
      address_(std::move(address)),
      options_(options),
      watcher_(std::move(watcher)),
      resolver_(loop),
      timer_(loop.get_executor()),
      pause_(options.first_pause) {}

Channel::~Channel() {
  if (session_ != nullptr) session_->Detach();
}

void Channel::Start() { Connect(); }

void Channel::Stop() {
  if (std::exchange(stopped_, true)) return;
  connecting_ = false;
  timer_.cancel();
  resolver_.cancel();
  if (connecting_socket_ != nullptr) {
    ErrorCode ignored;
    connecting_socket_->close(ignored);
  }
  if (session_ != nullptr) {
    session_->Detach();
    session_->Close();
    session_.reset();
    watcher_(false);
  }
  Settle();
}

void Channel::Acquire(Taker taker) {
  if (session_ == nullptr && connecting_) {
    waiting_.push_back(std::move(taker));
  } else {
    taker(session_);
  }
}

void Channel::Connect() {
  connecting_ = true;
  int attempt = ++attempt_;
  auto socket = std::make_shared<Socket>(loop_.get_executor());
  connecting_socket_ = socket;
  timer_.expires_after(options_.connect_timeout);
  timer_.async_wait([this, socket, attempt](ErrorCode cancelled) {
    if (cancelled || attempt != attempt_ || !connecting_) return;
    resolver_.cancel();
    ErrorCode ignored;
    socket->close(ignored);
  });
  resolver_.async_resolve(address_.host, std::to_string(address_.port),
                          [this, socket](ErrorCode error, Tcp::resolver::results_type found) {
                            if (stopped_) return;
                            if (error) return Retry();
                            asio::async_connect(*socket, found, [this, socket](ErrorCode failed, const Tcp::endpoint&) {
                              if (stopped_) return;
                              if (failed || !socket->is_open()) return Retry();
                              OnConnected(std::move(*socket));
                            });
                          });
}

void Channel::OnConnected(Socket socket) {
  timer_.cancel();
  connecting_ = false;
  connecting_socket_.reset();
  connected_at_ = std::chrono::steady_clock::now();
  WatchPeer(socket);
  session_ = h2::Session::Start(h2::Session::Role::kClient, std::move(socket), {}, this);
  watcher_(true);
  Settle();
}

void Channel::Retry() {
  connecting_ = false;
  connecting_socket_.reset();
  Settle();
  int attempt = ++attempt_;
  timer_.expires_after(pause_);
  pause_ = std::min(pause_ * 2, options_.longest_pause);
  timer_.async_wait([this, attempt](ErrorCode cancelled) {
    if (!cancelled && !stopped_ && attempt == attempt_) Connect();
  });
}

void Channel::Settle() {
  for (Taker& taker : std::exchange(waiting_, {})) taker(session_);
}

void Channel::OnGoAway() {
  if (session_ == nullptr) return;
  auto old = std::exchange(session_, nullptr);
  old->Detach();
  old->Drain();
  watcher_(false);
  OnClosed();
}

void Channel::OnClosed() {
  if (std::exchange(session_, nullptr) != nullptr) watcher_(false);
  if (stopped_) return;
  // A connection that held was a good one; one that broke at once is treated as refused.
  if (std::chrono::steady_clock::now() - connected_at_ < kStable) return Retry();
  pause_ = options_.first_pause;
  Connect();
}

}  // namespace wenming::gateway
