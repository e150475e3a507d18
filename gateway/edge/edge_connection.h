#pragma once

#include <memory>

#include "gateway/edge/forwarder.h"
#include "gateway/h2/session.h"

namespace wenming::gateway {

// One client's gRPC connection: an HTTP/2 server session whose streams are forwarded. Belongs to its loop.
class EdgeConnection final : private h2::SessionListener {
 public:
  EdgeConnection(const EdgeContext& context, Socket socket);
  ~EdgeConnection() override;

  // Takes no new calls; closes when the running ones have ended.
  void Drain() { session_->Drain(); }
  void Close() { session_->Close(); }
  bool open() const { return session_->open(); }

 private:
  std::shared_ptr<h2::StreamListener> OnStream(int32_t id) override;
  void OnGoAway() override {}
  void OnClosed() override;

  const EdgeContext& context_;
  std::shared_ptr<h2::Session> session_;
};

}  // namespace wenming::gateway
