#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "gateway/h2/session.h"
#include "gateway/http/handler.h"
#include "gateway/http/message.h"
#include "gateway/http/served.h"
#include "gateway/http2/stream_exchange.h"
#include "gateway/net/transport.h"

namespace wenming::gateway::http2 {

// One HTTP/2 connection: its streams are requests, read whole and answered as they are ready.
//
// What one client makes it hold is bounded: a hundred requests at once; of their bodies what `limits` grant to one
// (past it only the oldest is read on, so that one always comes to its end) and a window each; no new requests while 16
// MB of answers wait to be read. Limits of time are those of HTTP/1.1, for each stream.
class Connection final : public http::Served, private h2::SessionListener {
 public:
  // `limits` and `handler` must outlive the loop's run.
  Connection(Transport transport, const http::Limits& limits, http::Handler& handler);
  ~Connection() override;

  void Expire(Clock::time_point now) override;
  void Announce() override { session_->Announce(); }
  void Drain() override;
  void Close() override { session_->Close(); }
  bool open() const override { return open_; }

  // For its streams.
  const std::string& peer() const { return peer_; }
  const std::shared_ptr<h2::Session>& session() const { return session_; }
  const http::Limits& limits() const { return limits_; }
  http::Handler& handler() const { return handler_; }
  void OnBody(size_t bytes);
  void OnBodyDone(size_t bytes);
  void OnQueued(size_t bytes) { unsent_ += bytes; }
  void OnSent(size_t bytes) { unsent_ -= bytes; }
  void OnStreamGone(int32_t id, size_t unsent);

 private:
  std::shared_ptr<h2::StreamListener> OnStream(int32_t id) override;
  void OnGoAway() override {}
  void OnClosed() override { open_ = false; }
  void LetOn();

  const http::Limits& limits_;
  http::Handler& handler_;
  const std::string peer_;
  std::shared_ptr<h2::Session> session_;
  std::map<int32_t, std::shared_ptr<StreamExchange>> streams_;  // the oldest first
  size_t held_ = 0;                                             // of bodies that are being read
  size_t unsent_ = 0;                                           // of answers
  Clock::time_point deadline_;                                  // for the next request, while there is none
  bool open_ = true;
};

}  // namespace wenming::gateway::http2
