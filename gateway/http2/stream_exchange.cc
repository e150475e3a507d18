#include "gateway/http2/stream_exchange.h"

#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "gateway/http2/connection.h"
#include "gateway/http2/request_head.h"

namespace wenming::gateway::http2 {
namespace {

// A client that takes this much in the time for a write is slow, not stalled.
constexpr size_t kProgress = 64 * 1024;
constexpr std::chrono::milliseconds kLinger{1000};

h2::Headers HeadersOf(const http::Response& response) {
  h2::Headers headers;
  headers.reserve(response.headers.size() + 2);
  headers.emplace_back(":status", std::to_string(response.status));
  for (const auto& [name, value] : response.headers) headers.emplace_back(absl::AsciiStrToLower(name), value);
  return headers;
}

}  // namespace

StreamExchange::StreamExchange(Connection& connection, int32_t id)
    : Exchange(connection.peer()),
      connection_(connection),
      session_(connection.session()),
      id_(id),
      held_(connection.limits().held == nullptr ? limits::Share() : limits::Share(*connection.limits().held)) {
  Await(connection.limits().head_time);
}

void StreamExchange::OnHeaders(h2::Headers headers, bool trailers) {
  if (trailers || phase_ != Phase::kHead) return;
  const http::Limits& limits = connection_.limits();
  auto read = RequestOf(std::move(headers), limits);
  if (auto* refusal = std::get_if<http::Refusal>(&read)) return Refuse(*refusal);
  request_ = std::get<http::Request>(std::move(read));
  if (limits.held != nullptr) request_.held = limits::Share(*limits.held);
  head_only_ = request_.method == "HEAD";
  phase_ = Phase::kBody;
  Await(limits.body_time);
  if (!request_.Header("expect").empty()) session_->Inform(id_, {{":status", "100"}});
}

bool StreamExchange::OnOversizedHeaders() {
  if (phase_ == Phase::kHead) Refuse(http::Refusal::kHeadTooLarge);
  return phase_ == Phase::kAnswered;
}

void StreamExchange::OnData(std::string_view bytes) {
  if (phase_ != Phase::kBody) return;
  if (request_.body.size() + bytes.size() > connection_.limits().body_bytes) {
    return Refuse(http::Refusal::kBodyTooLarge);
  }
  if (!request_.held.Add(bytes.size())) return Refuse(http::Refusal::kNoRoom);
  request_.body.append(bytes);
  unread_ += bytes.size();
  connection_.OnBody(bytes.size());
}

void StreamExchange::LetOn() {
  if (session_ != nullptr && unread_ > 0) session_->Consume(id_, std::exchange(unread_, 0));
}

void StreamExchange::OnEnd() {
  ended_by_client_ = true;
  if (phase_ != Phase::kBody) return;
  StopReading();
  connection_.handler().Handle(std::exchange(request_, {}), shared_from_this());
}

void StreamExchange::StopReading() {
  if (phase_ != Phase::kBody) return;
  phase_ = Phase::kHandling;
  connection_.OnBodyDone(request_.body.size());
}

void StreamExchange::Refuse(http::Refusal refusal) {
  StopReading();
  std::exchange(request_, {});  // with its memory
  Answer(connection_.handler().Refuse(refusal));
}

bool StreamExchange::TakeRoom(size_t body) { return phase_ != Phase::kHandling || head_only_ || Reserve(held_, body); }

void StreamExchange::Send(http::Response response) {
  Settle();
  if (phase_ != Phase::kHandling) return;
  if (!TakeRoom(response.body.size())) return Refuse(http::Refusal::kNoRoom);
  Answer(response);
}

void StreamExchange::Answer(const http::Response& response) {
  h2::Headers headers = HeadersOf(response);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) headers.emplace_back("content-length", std::to_string(response.body.size()));
  if (bodiless || head_only_ || response.body.empty()) {
    session_->RespondAndEnd(id_, headers);
  } else {
    session_->Respond(id_, headers);
    Queue(response.body);
    session_->End(id_);
  }
  Finish();
  if (response.close) session_->Drain();
}

void StreamExchange::Begin(http::Response response) {
  if (phase_ != Phase::kHandling) return;
  phase_ = Phase::kStreaming;
  // The answer to HEAD ends here, and with it the stream: whoever makes the rest learns it by OnAbort.
  if (head_only_) return session_->RespondAndEnd(id_, HeadersOf(response));
  session_->Respond(id_, HeadersOf(response));
}

bool StreamExchange::Write(std::string_view bytes) {
  if (phase_ != Phase::kStreaming || head_only_) return true;
  if (!held_.Add(bytes.size())) return false;
  Queue(bytes);
  return true;
}

void StreamExchange::Queue(std::string_view bytes) {
  if (bytes.empty()) return;
  if (unsent_ == 0) {
    sent_ = 0;
    Await(connection_.limits().write_time);
  }
  unsent_ += bytes.size();
  connection_.OnQueued(bytes.size());
  session_->Write(id_, bytes);
}

void StreamExchange::OnSent(size_t bytes) {
  unsent_ -= bytes;
  held_.Remove(bytes);
  sent_ += bytes;
  connection_.OnSent(bytes);
  if (unsent_ == 0 && phase_ == Phase::kAnswered) {
    Await(kLinger);
  } else if (sent_ >= kProgress) {
    sent_ = 0;
    Await(connection_.limits().write_time);
  }
  Sent(bytes);
}

void StreamExchange::End() {
  Settle();
  if (phase_ != Phase::kStreaming) return;
  if (!head_only_) session_->End(id_);
  Finish();
}

void StreamExchange::Break() {
  Settle();
  if (phase_ != Phase::kStreaming) return;
  if (!head_only_) session_->Break(id_);
  Finish();
}

void StreamExchange::Finish() {
  phase_ = Phase::kAnswered;
  if (unsent_ == 0) Await(kLinger);
}

bool StreamExchange::Expire(Clock::time_point now) {
  if (now < deadline_) return true;
  if (phase_ == Phase::kHead) return false;  // nothing else can come before the rest of the head
  if (phase_ == Phase::kBody) {
    Refuse(http::Refusal::kTimeout);
  } else if (unsent_ > 0) {
    session_->Reset(id_, NGHTTP2_CANCEL);
  } else if (phase_ == Phase::kAnswered && !ended_by_client_) {
    session_->Reset(id_, NGHTTP2_NO_ERROR);  // RFC 9113 section 8.1: the rest of the request is not needed
  }
  return true;
}

void StreamExchange::OnClose(uint32_t) {
  auto keep = shared_from_this();
  StopReading();
  request_ = {};
  phase_ = Phase::kGone;
  held_.Reset();
  session_.reset();
  connection_.OnStreamGone(id_, unsent_);
  Abort();
}

}  // namespace wenming::gateway::http2
