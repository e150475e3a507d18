#include "gateway/upstream/health_watch.h"

#include <algorithm>
#include <utility>

#include "gateway/errors/codes.h"
#include "grpc/health/v1/health.pb.h"

namespace wenming::gateway {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

std::shared_ptr<HealthWatch> HealthWatch::Start(asio::io_context& loop, std::shared_ptr<h2::Session> session,
                                                const std::string& authority, const HealthPauses& pauses, Told told) {
  std::shared_ptr<HealthWatch> watch(new HealthWatch(loop, std::move(session), authority, pauses, std::move(told)));
  watch->Ask();
  return watch;
}

HealthWatch::HealthWatch(asio::io_context& loop, std::shared_ptr<h2::Session> session, std::string authority,
                         const HealthPauses& pauses, Told told)
    : session_(std::move(session)),
      authority_(std::move(authority)),
      pauses_(pauses),
      told_(std::move(told)),
      timer_(loop.get_executor()),
      pause_(pauses.first) {}

void HealthWatch::Stop() {
  told_ = nullptr;
  timer_.cancel();
  if (session_ != nullptr) session_->Reset(stream_, NGHTTP2_CANCEL);
}

// A session that takes no more streams is given up by its owner, and with it the watch.
void HealthWatch::Ask() {
  status_ = {};
  received_ = {};
  stream_ = session_->Open({{":method", "POST"},
                            {":scheme", "http"},
                            {":path", "/grpc.health.v1.Health/Watch"},
                            {":authority", authority_},
                            {"content-type", "application/grpc"},
                            {"te", "trailers"}},
                           shared_from_this());
  HealthCheckRequest request;
  request.set_service("ready");
  const std::string message = request.SerializeAsString();
  session_->Write(stream_, FrameHead(message.size()));
  session_->Write(stream_, message);
  session_->End(stream_);
}

void HealthWatch::AskLater() {
  timer_.expires_after(pause_);
  pause_ = std::min(pause_ * 2, pauses_.longest);
  timer_.async_wait([weak = weak_from_this()](ErrorCode cancelled) {
    const auto self = weak.lock();
    if (!cancelled && self != nullptr && self->told_) self->Ask();
  });
}

void HealthWatch::OnData(std::string_view bytes) {
  session_->Consume(stream_, bytes.size());
  received_.Add(bytes);
  for (;;) {
    const auto message = received_.Next();
    if (!message.ok() || !message->has_value()) return;
    pause_ = pauses_.first;
    HealthCheckResponse response;
    if (response.ParseFromString(**message)) Tell(response.status() != HealthCheckResponse::NOT_SERVING);
  }
}

void HealthWatch::OnClose(uint32_t) {
  stream_ = 0;
  if (!told_) return session_.reset();
  const int code = status_.code.value_or(CodeOfHttpStatus(status_.http.value_or(0)));
  if (code != google::rpc::UNIMPLEMENTED) return AskLater();
  session_.reset();
  Tell(true);
}

void HealthWatch::Tell(bool ready) {
  if (std::exchange(ready_, ready) == ready || !told_) return;
  // Whoever is told may stop the watch.
  const Told told = told_;
  told(ready);
}

}  // namespace wenming::gateway
