#include "gateway/upstream/health_watch.h"

#include <utility>

#include "grpc/health/v1/health.pb.h"

namespace wenming::gateway {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

std::shared_ptr<HealthWatch> HealthWatch::Start(std::shared_ptr<h2::Session> session, const std::string& authority,
                                                Told told) {
  std::shared_ptr<HealthWatch> watch(new HealthWatch(std::move(session), std::move(told)));
  watch->stream_ = watch->session_->Open({{":method", "POST"},
                                          {":scheme", "http"},
                                          {":path", "/grpc.health.v1.Health/Watch"},
                                          {":authority", authority},
                                          {"content-type", "application/grpc"},
                                          {"te", "trailers"}},
                                         watch);
  HealthCheckRequest request;
  request.set_service("ready");
  const std::string message = request.SerializeAsString();
  watch->session_->Write(watch->stream_, FrameHead(message.size()));
  watch->session_->Write(watch->stream_, message);
  watch->session_->End(watch->stream_);
  return watch;
}

HealthWatch::HealthWatch(std::shared_ptr<h2::Session> session, Told told)
    : session_(std::move(session)), told_(std::move(told)) {}

void HealthWatch::Stop() {
  told_ = nullptr;
  if (session_ != nullptr) session_->Reset(stream_, NGHTTP2_CANCEL);
}

void HealthWatch::OnData(std::string_view bytes) {
  session_->Consume(stream_, bytes.size());
  received_.Add(bytes);
  for (;;) {
    const auto message = received_.Next();
    if (!message.ok() || !message->has_value()) return;
    HealthCheckResponse response;
    if (response.ParseFromString(**message)) Tell(response.status() != HealthCheckResponse::NOT_SERVING);
  }
}

void HealthWatch::OnClose(uint32_t) {
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
