#include "gateway/upstream/channel.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
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

Channel::Channel(asio::io_context& loop, Tcp::endpoint replica, std::string authority, const ChannelOptions& options,
                 Draw draw, Watcher watcher)
    : loop_(loop),
      replica_(std::move(replica)),
      authority_(std::move(authority)),
      options_(options),
      draw_(std::move(draw)),
      watcher_(std::move(watcher)),
      timer_(loop.get_executor()),
      breaker_(options.breaker),
      pause_(options.first_pause) {}

Channel::~Channel() {
  if (health_ != nullptr) health_->Stop();
  if (session_ != nullptr) session_->Detach();
}

void Channel::Start() { Connect(); }

void Channel::Stop() {
  if (const auto session = LetGo()) session->Close();
}

void Channel::Leave() {
  if (const auto session = LetGo()) session->Drain();
}

std::shared_ptr<h2::Session> Channel::LetGo() {
  if (std::exchange(stopped_, true)) return nullptr;
  const bool was_connected = connected();
  connecting_ = false;
  timer_.cancel();
  if (connecting_socket_ != nullptr) {
    ErrorCode ignored;
    connecting_socket_->close(ignored);
  }
  auto session = std::exchange(session_, nullptr);
  if (session != nullptr) session->Detach();
  if (was_connected) {
    Forget();
    watcher_(News::kLost);
  }
  return session;
}

void Channel::Connect() {
  connecting_ = true;
  const int attempt = ++attempt_;
  auto socket = std::make_shared<Socket>(loop_.get_executor());
  connecting_socket_ = socket;
  timer_.expires_after(options_.connect_timeout);
  timer_.async_wait([self = shared_from_this(), socket, attempt](ErrorCode cancelled) {
    if (cancelled || attempt != self->attempt_ || !self->connecting_) return;
    if (self->session_ != nullptr) return self->session_->Close();
    ErrorCode ignored;
    socket->close(ignored);
  });
  socket->async_connect(replica_, [self = shared_from_this(), socket](ErrorCode failed) {
    if (self->stopped_) return;
    if (failed || !socket->is_open()) return self->Pause();
    self->OnConnected(std::move(*socket));
  });
}

void Channel::OnConnected(Socket socket) {
  connecting_socket_.reset();
  WatchPeer(socket);
  session_ = h2::Session::Start(h2::Session::Role::kClient, std::move(socket), options_.session, this);
}

void Channel::OnGreeted() {
  if (!std::exchange(connecting_, false)) return;
  timer_.cancel();
  connected_at_ = Clock::now();
  health_ = HealthWatch::Start(loop_, session_, authority_, {options_.first_pause, options_.longest_pause},
                               [this](bool ready) { SetReady(ready); });
  // Last: who is told makes calls, and the session may be gone after them.
  watcher_(News::kConnected);
}

void Channel::OnGoAway() {
  if (session_ == nullptr) return;
  auto old = std::exchange(session_, nullptr);
  old->Detach();
  old->Drain();
  Lose();
}

void Channel::OnClosed() {
  session_.reset();
  Lose();
}

void Channel::SetReady(bool ready) {
  if (std::exchange(ready_, ready) != ready) watcher_(ready ? News::kReady : News::kUnready);
}

void Channel::Lose() {
  if (stopped_) return;
  if (connecting_) return Pause();
  Forget();
  // A connection that held was a good one; one that broke at once is treated as refused.
  const bool held = Clock::now() - connected_at_ >= kStable;
  if (held) {
    pause_ = options_.first_pause;
    Connect();
  }
  watcher_(News::kLost);
  if (!held) Pause();
}

void Channel::Pause() {
  connecting_ = false;
  connecting_socket_.reset();
  const int attempt = ++attempt_;
  timer_.expires_after(Jittered(pause_, draw_()));
  pause_ = std::min(pause_ * 2, options_.longest_pause);
  timer_.async_wait([self = shared_from_this(), attempt](ErrorCode cancelled) {
    if (!cancelled && !self->stopped_ && attempt == self->attempt_) self->Connect();
  });
  watcher_(News::kFailed);
}

void Channel::Succeeded() {
  const bool was_open = breaker_.open();
  breaker_.Succeeded();
  if (was_open) watcher_(News::kBreakerClosed);
}

void Channel::Failed() {
  if (!connected()) return;
  const bool was_open = breaker_.open();
  breaker_.Failed(Clock::now(), draw_());
  if (!was_open && breaker_.open()) watcher_(News::kBreakerOpened);
}

// Who comes back after a lost connection may be somebody else.
void Channel::Forget() {
  if (const auto health = std::exchange(health_, nullptr)) health->Stop();
  SetReady(false);
  if (breaker_.open()) watcher_(News::kBreakerClosed);
  breaker_.Succeeded();
}

}  // namespace wenming::gateway
