#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "gateway/edge/forwarder.h"
#include "gateway/h2/session.h"
#include "gateway/net/server_tls.h"
#include "gateway/net/transport.h"

namespace wenming::gateway {

// One client's gRPC connection: an HTTP/2 server session, on TLS where the edge has it, whose streams are forwarded.
// Belongs to its loop.
class EdgeConnection final : public std::enable_shared_from_this<EdgeConnection>, private h2::SessionListener {
 public:
  using Clock = std::chrono::steady_clock;

  explicit EdgeConnection(const EdgeContext& context);
  ~EdgeConnection() override;

  void Start(Socket socket);
  // Closes a connection whose handshake takes too long, and drains one whose client's certificate has expired.
  void Expire(Clock::time_point now);
  // Takes no new calls; closes when the running ones have ended.
  void Drain();
  void Close();
  bool open() const { return open_; }

 private:
  void OnHandshake(ErrorCode error);
  void Serve(Transport transport);
  std::shared_ptr<h2::StreamListener> OnStream(int32_t id) override;
  void OnGoAway() override {}
  void OnClosed() override;

  const EdgeContext& context_;
  std::optional<Transport> handshake_;  // while it runs
  Clock::time_point deadline_;          // of the handshake
  std::optional<PeerCertificate> peer_;
  std::shared_ptr<h2::Session> session_;
  bool open_ = true;
};

}  // namespace wenming::gateway
