#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "gateway/edge/forwarder.h"
#include "gateway/h2/session.h"
#include "gateway/limits/connection_counts.h"
#include "gateway/net/server_tls.h"
#include "gateway/net/transport.h"

namespace wenming::gateway {

// One client's gRPC connection: an HTTP/2 server session, on TLS where the edge has it, whose streams are forwarded.
// Belongs to its loop.
class EdgeConnection final : public std::enable_shared_from_this<EdgeConnection>, private h2::SessionListener {
 public:
  using Clock = std::chrono::steady_clock;

  // `place` is the connection's among those of its address.
  EdgeConnection(const EdgeContext& context, limits::ConnectionCounts::Place place);
  ~EdgeConnection() override;

  void Start(Socket socket);
  // Closes a connection whose handshake or first frame takes too long, that begins a call and does not say which, or
  // that does not take what is written. Drains one that is idle, and one whose client's certificate has expired.
  void Expire(Clock::time_point now);
  // Lets the client know that it should make its next call on another connection; goes on.
  void Announce();
  // Takes no new calls; closes when the running ones have ended.
  void Drain();
  void Close();
  bool open() const { return open_; }

 private:
  void OnHandshake(ErrorCode error);
  void Serve(Transport transport);
  bool IsStalled(Clock::time_point now) const;
  std::shared_ptr<h2::StreamListener> OnStream(int32_t id) override;
  void OnGoAway() override {}
  void OnClosed() override;

  const EdgeContext& context_;
  const limits::ConnectionCounts::Place place_;
  std::optional<Transport> handshake_;  // while it runs
  Clock::time_point deadline_;          // of the handshake, then of the first frame
  Clock::time_point busy_;              // when it was last seen to have a call
  std::weak_ptr<Forwarder> newest_;     // only the newest call may have headers that are not complete
  std::optional<PeerCertificate> peer_;
  std::shared_ptr<h2::Session> session_;
  bool announced_ = false;
  bool open_ = true;
};

}  // namespace wenming::gateway
