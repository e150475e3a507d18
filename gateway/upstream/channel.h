#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gateway/h2/session.h"
#include "gateway/net/asio.h"
#include "gateway/upstream/circuit_breaker.h"
#include "gateway/upstream/health_watch.h"

namespace wenming::gateway {

// How a channel finds its way back.
struct ChannelOptions {
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{3000};
  BreakerOptions breaker = {};
  h2::SessionOptions session = {};
};

// The connection of one event loop to one replica of a back end, made anew whenever it breaks.
//
// It is connected once the replica has said its first word: what only waits in a listener's queue may be reset with all
// that was sent to it. A replica that says GOAWAY gets a new connection at once while the old one finishes its streams;
// so does one whose connection has used up its stream ids. After a refused or broken connection the pauses grow.
// Belongs to its loop.
class Channel final : public std::enable_shared_from_this<Channel>, private h2::SessionListener {
 public:
  enum class News {
    kConnected,
    kReady,    // it says that it should get calls
    kUnready,  // after kReady; also before kLost
    kLost,     // after kConnected; it tries to connect, or pauses
    kFailed,   // it could not connect, and pauses
    kBreakerOpened,
    kBreakerClosed,
  };
  using Watcher = std::function<void(News)>;
  // From 0 up to but not 1.
  using Draw = std::function<double()>;

  // `authority` is what calls are addressed to.
  Channel(asio::io_context& loop, Tcp::endpoint replica, std::string authority, const ChannelOptions& options,
          Draw draw, Watcher watcher);
  ~Channel() override;

  void Start();
  // Closes the connection and makes no more. The watcher hears that it is lost, and nothing after that.
  void Stop();
  // The same, but what runs on the connection comes to its end.
  void Leave();

  const Tcp::endpoint& replica() const { return replica_; }
  const std::string& authority() const { return authority_; }
  bool connected() const { return session_ != nullptr && !connecting_; }
  bool connecting() const { return connecting_; }
  // Whether the replica has said that it should get calls.
  bool ready() const { return ready_; }
  bool trusted() const { return connected() && ready_ && !breaker_.open(); }
  // Of a connected channel.
  const std::shared_ptr<h2::Session>& session() const { return session_; }

  // Whether a call may be made now: it is connected, and its breaker lets it.
  bool TryPass() { return connected() && (!breaker_.open() || breaker_.TryPass(Clock::now())); }
  // What has become of a call: the replica has answered it, or has shown that it cannot.
  void Succeeded();
  void Failed();

 private:
  using Clock = std::chrono::steady_clock;

  std::shared_ptr<h2::StreamListener> OnStream(int32_t) override { return nullptr; }
  void OnGreeted() override;
  void OnGoAway() override;
  void OnClosed() override;

  void Connect();
  void OnConnected(Socket socket);
  void SetReady(bool ready);
  void Lose();
  void Pause();
  // The end of a connection: breaker and readiness were its.
  void Forget();
  // The session, if it was connected; then the channel is stopped.
  std::shared_ptr<h2::Session> LetGo();

  asio::io_context& loop_;
  const Tcp::endpoint replica_;
  const std::string authority_;
  const ChannelOptions options_;
  const Draw draw_;
  const Watcher watcher_;
  Timer timer_;
  std::shared_ptr<Socket> connecting_socket_;
  std::shared_ptr<h2::Session> session_;
  std::shared_ptr<HealthWatch> health_;
  bool ready_ = false;
  CircuitBreaker breaker_;
  std::chrono::milliseconds pause_;
  Clock::time_point connected_at_;
  bool connecting_ = false;  // until the replica has said its first word
  bool stopped_ = false;
  int attempt_ = 0;
};

}  // namespace wenming::gateway
