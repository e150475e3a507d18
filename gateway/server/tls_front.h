#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "gateway/http/handler.h"
#include "gateway/http/message.h"
#include "gateway/http/served.h"
#include "gateway/net/transport.h"

namespace wenming::gateway {

// One client's connection on the HTTP port with TLS: shakes hands, in the time for a head, and then speaks what was
// agreed on, HTTP/2 or HTTP/1.1. Belongs to its loop.
class TlsFront final : public http::Served, public std::enable_shared_from_this<TlsFront> {
 public:
  // `limits` and `handler` must outlive the loop's run.
  TlsFront(Socket socket, asio::ssl::context& context, const http::Limits& limits, http::Handler& handler);

  void Start();
  void Expire(Clock::time_point now) override;
  void Announce() override;
  void Drain() override;
  void Close() override;
  bool open() const override { return served_ != nullptr ? served_->open() : open_; }

 private:
  void OnHandshake(ErrorCode error);

  Transport transport_;  // until it is served
  const http::Limits& limits_;
  http::Handler& handler_;
  std::shared_ptr<http::Served> served_;
  Clock::time_point deadline_;  // of the handshake
  bool announced_ = false;
  bool draining_ = false;
  bool open_ = true;
};

}  // namespace wenming::gateway
