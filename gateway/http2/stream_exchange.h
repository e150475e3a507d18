#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/h2/session.h"
#include "gateway/http/exchange.h"
#include "gateway/http/handler.h"
#include "gateway/http/message.h"
#include "gateway/limits/budget.h"

namespace wenming::gateway::http2 {

class Connection;

// One request on its stream: reads it whole, hands it on, and is the exchange by which it is answered. Belongs to the
// loop of its connection, which outlives the stream.
//
// A request that is refused before it was read whole is answered all the same; what still comes of its body gets no
// window, and the stream is reset a second later.
class StreamExchange final : public http::Exchange,
                             public h2::StreamListener,
                             public std::enable_shared_from_this<StreamExchange> {
 public:
  using Clock = std::chrono::steady_clock;

  StreamExchange(Connection& connection, int32_t id);

  // Whether the body is being read.
  bool reading() const { return phase_ == Phase::kBody; }
  // Gives back the window of what has come of the body.
  void LetOn();
  // Refuses or resets when a limit of time is passed; false when it is the connection that stands still.
  bool Expire(Clock::time_point now);
  using Exchange::Drain;

  // http::Exchange
  bool TakeRoom(size_t body) override;
  void Send(http::Response response) override;
  void Begin(http::Response response) override;
  bool Write(std::string_view bytes) override;
  void End() override;
  void Break() override;

  // h2::StreamListener
  void OnHeaders(h2::Headers headers, bool trailers) override;
  bool OnOversizedHeaders() override;
  void OnData(std::string_view bytes) override;
  void OnEnd() override;
  void OnSent(size_t bytes) override;
  void OnClose(uint32_t error_code) override;

 private:
  enum class Phase {
    kHead,
    kBody,
    kHandling,   // nothing was answered yet
    kStreaming,  // the answer has begun
    kAnswered,   // nothing is added to it any more; it may still have to leave
    kGone,
  };

  void Refuse(http::Refusal refusal);
  void Answer(const http::Response& response);
  void Queue(std::string_view bytes);
  void StopReading();
  void Finish();
  void Await(std::chrono::milliseconds limit) { deadline_ = Clock::now() + limit; }

  Connection& connection_;
  std::shared_ptr<h2::Session> session_;  // until the stream is gone
  const int32_t id_;
  Phase phase_ = Phase::kHead;
  http::Request request_;
  size_t unread_ = 0;  // bytes of the body whose window was not given back yet
  size_t unsent_ = 0;
  limits::Share held_;  // of what is unsent
  size_t sent_ = 0;     // since the time for writing began
  bool head_only_ = false;
  bool ended_by_client_ = false;
  Clock::time_point deadline_;
};

}  // namespace wenming::gateway::http2
