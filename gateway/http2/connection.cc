#include "gateway/http2/connection.h"

#include <utility>

namespace wenming::gateway::http2 {
namespace {

constexpr uint32_t kMostStreams = 100;
constexpr size_t kPseudoHeaders = 4;  // one of them, :authority, is the Host that HTTP/1.1 counts
constexpr size_t kMostUnsent = 16 << 20;

}  // namespace

Connection::Connection(Transport transport, const http::Limits& limits, http::Handler& handler)
    : limits_(limits),
      handler_(handler),
      peer_(transport.PeerAddress()),
      session_(h2::Session::Start(h2::Session::Role::kServer, std::move(transport),
                                  {.max_concurrent_streams = kMostStreams,
                                   .max_header_bytes = static_cast<uint32_t>(limits.head_bytes),
                                   .max_header_count = limits.header_count + kPseudoHeaders},
                                  this)),
      deadline_(Clock::now() + limits.head_time) {}

Connection::~Connection() { session_->Detach(); }

std::shared_ptr<h2::StreamListener> Connection::OnStream(int32_t id) {
  if (unsent_ > kMostUnsent) return nullptr;
  return streams_[id] = std::make_shared<StreamExchange>(*this, id);
}

void Connection::OnStreamGone(int32_t id, size_t unsent) {
  unsent_ -= unsent;
  streams_.erase(id);
  if (streams_.empty()) deadline_ = Clock::now() + limits_.idle_time;
}

void Connection::OnBody(size_t bytes) {
  held_ += bytes;
  LetOn();
}

void Connection::OnBodyDone(size_t bytes) {
  held_ -= bytes;
  LetOn();
}

void Connection::LetOn() {
  for (auto& [id, stream] : streams_) {
    if (!stream->reading()) continue;
    stream->LetOn();
    if (held_ > limits_.body_bytes) return;
  }
}

void Connection::Expire(Clock::time_point now) {
  if (!open_) return;
  const auto writing = session_->writing_since();
  if (writing && now >= *writing + limits_.write_time) return Close();
  if (streams_.empty() && now >= deadline_) return session_->Drain();
  const auto streams = streams_;
  for (const auto& [id, stream] : streams) {
    if (!stream->Expire(now)) return Close();
  }
}

void Connection::Drain() {
  session_->Drain();
  const auto streams = streams_;
  for (const auto& [id, stream] : streams) stream->Drain();
}

}  // namespace wenming::gateway::http2
