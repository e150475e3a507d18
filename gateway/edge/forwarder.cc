#include "gateway/edge/forwarder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "gateway/h2/header_list.h"
#include "gateway/text.h"
#include "gateway/upstream/unary_call.h"
#include "google/rpc/code.pb.h"

namespace wenming::gateway {
namespace {

using Clock = std::chrono::steady_clock;

// For a client to take the status that its deadline has passed.
constexpr auto kLinger = std::chrono::seconds(5);

// Of what a client has sent, for another try: more than most messages, and little beside the windows.
constexpr size_t kMostKept = 8 * 1024;

// Where in the headers for the service stands what each try has of its own.
constexpr size_t kAuthority = 3;
constexpr size_t kTimeout = 4;

std::string_view Value(const h2::Headers& headers, std::string_view name) {
  const std::string* value = h2::FindHeader(headers, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

// gRPC percent-encodes what is not printable ASCII in grpc-message.
std::string EncodeMessage(const std::string& text) {
  std::string encoded;
  for (unsigned char c : text) {
    if (c >= 0x20 && c < 0x7f && c != '%') {
      encoded += static_cast<char>(c);
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(c, absl::kZeroPad2));
    }
  }
  return encoded;
}

h2::Headers StatusHeaders(const absl::Status& failure, errors::Language language, std::string_view request_id) {
  google::rpc::Status status = errors::ToWire(failure, language, request_id);
  std::string details = absl::Base64Escape(status.SerializeAsString());
  details.erase(details.find_last_not_of('=') + 1);
  return {{"grpc-status", std::to_string(status.code())},
          {"grpc-message", EncodeMessage(status.message())},
          {"grpc-status-details-bin", std::move(details)}};
}

int CodeIn(const h2::Headers& headers) {
  int code = google::rpc::UNKNOWN;
  return absl::SimpleAtoi(ToAbsl(Value(headers, "grpc-status")), &code) ? code : google::rpc::UNKNOWN;
}

}  // namespace

// A stream of the service talks to the forwarder through this, as long as no further try was begun.
class Forwarder::ServiceSide final : public h2::StreamListener {
 public:
  explicit ServiceSide(std::shared_ptr<Forwarder> forwarder)
      : forwarder_(std::move(forwarder)), try_(forwarder_->tries_->count()) {}
  void OnHeaders(h2::Headers headers, bool trailers) override {
    if (current()) forwarder_->OnServiceHeaders(std::move(headers), trailers);
  }
  void OnData(std::string_view bytes) override {
    if (current()) forwarder_->OnServiceData(bytes);
  }
  void OnEnd() override {
    if (current()) forwarder_->OnServiceEnd();
  }
  void OnSent(size_t bytes) override {
    if (current()) forwarder_->OnServiceSent(bytes);
  }
  void OnClose(uint32_t error_code) override {
    if (current()) forwarder_->OnServiceClose(error_code);
  }

 private:
  bool current() const { return forwarder_->tries_->count() == try_; }

  const std::shared_ptr<Forwarder> forwarder_;
  const int try_;
};

std::shared_ptr<Forwarder> Forwarder::Make(const EdgeContext& context, std::shared_ptr<h2::Session> client,
                                           std::string certificate, int32_t stream) {
  return std::shared_ptr<Forwarder>(new Forwarder(context, std::move(client), std::move(certificate), stream));
}

Forwarder::Forwarder(const EdgeContext& context, std::shared_ptr<h2::Session> client, std::string certificate,
                     int32_t stream)
    : context_(context),
      client_(std::move(client)),
      client_stream_(stream),
      identity_{.certificate = std::move(certificate)},
      timer_(context.loop.get_executor()),
      begin_(Clock::now()),
      held_(context.shared.admission.held()) {}

void Forwarder::OnHeaders(h2::Headers headers, bool trailers) {
  if (trailers) return;
  finished_ = false;
  has_headers_ = true;
  context_.shared.metrics.edge_in_flight().Increment();
  language_ = errors::ParseAcceptLanguage(Value(headers, "accept-language"));
  identity_.request_id = context_.ids.RequestId(Value(headers, "x-request-id"));
  identity_.trace_parent = context_.ids.TraceParent(Value(headers, "traceparent"));
  identity_.peer = context_.shared.admission.ClientOf(client_->PeerAddress(), headers);
  bool grpc = Value(headers, ":method") == "POST" &&
              absl::StartsWith(ToAbsl(Value(headers, "content-type")), "application/grpc");
  if (grpc) method_ = context_.shared.catalog.Find(Value(headers, ":path"));
  const std::chrono::nanoseconds allowed = Allowed(headers);
  timer_.expires_at(begin_ + allowed);
  ArmTimer();
  if (!grpc) {
    responded_ = finished_ = true;
    Count(google::rpc::INTERNAL);
    return client_->RespondAndEnd(client_stream_, {{":status", "415"}});
  }
  if (method_ == nullptr) return Fail(errors::Make(absl::StatusCode::kUnimplemented, type::REASON_UNKNOWN_METHOD));
  const std::string_view address = identity_.certificate.empty() ? std::string_view(identity_.peer) : "";
  auto admitted = context_.shared.admission.Admit(
      {.address = address, .credential = Value(headers, "authorization"), .streams = method_->streams()}, begin_);
  if (!admitted.ok()) return Fail(admitted.status());
  in_flight_ = *std::move(admitted);

  request_ = {{":method", "POST"}, {":scheme", "http"},  {":path", method_->path},
              {":authority", {}},  {"grpc-timeout", {}}, {"te", "trailers"}};
  for (std::string_view name : {"content-type", "grpc-encoding", "grpc-accept-encoding"}) {
    if (std::string_view value = Value(headers, name); !value.empty()) request_.emplace_back(name, value);
  }
  for (auto& header : context_.shared.policy.Metadata(headers, identity_)) request_.push_back(std::move(header));
  tries_.emplace(*context_.back_ends[context_.shared.back_end_of_package[method_->backend]]);
  Try();
}

void Forwarder::Try() {
  tries_->Next([self = shared_from_this()](std::shared_ptr<Channel> channel) { self->Open(std::move(channel)); });
}

// A stream may last as long as its client asks for, a unary call no longer than any.
std::chrono::nanoseconds Forwarder::Allowed(const h2::Headers& headers) const {
  const std::chrono::nanoseconds most = context_.shared.call_time;
  const auto asked = ParseTimeout(Value(headers, "grpc-timeout"));
  if (method_ != nullptr && method_->streams()) return asked.value_or(kLongestStream);
  return std::min(most, asked.value_or(most));
}

void Forwarder::ArmTimer() {
  timer_.async_wait([weak = weak_from_this()](ErrorCode cancelled) {
    auto self = weak.lock();
    // The time may have been put off when this was on its way already.
    if (cancelled || self == nullptr || self->timer_.expiry() > Clock::now()) return;
    if (self->finished_) return self->client_->Reset(self->client_stream_, NGHTTP2_CANCEL);
    if (self->service_ != nullptr && !self->method_->streams()) self->tries_->Late(*self->service_, Clock::now());
    self->Fail(errors::DeadlineExceeded());
  });
}

void Forwarder::Open(std::shared_ptr<Channel> channel) {
  if (finished_) return;
  if (channel == nullptr) return Fail(BackEndUnavailable());
  const auto now = Clock::now();
  request_[kAuthority].second = channel->authority();
  request_[kTimeout].second = TimeoutText(timer_.expiry() - now);
  service_ = channel->session();
  tries_->Begin(std::move(channel), now);
  service_stream_ = service_->Open(request_, std::make_shared<ServiceSide>(shared_from_this()));
  if (service_stream_ == 0) return OnServiceClose(NGHTTP2_REFUSED_STREAM);
  resent_ = credited_;
  sent_ = 0;
  if (!kept_.empty()) service_->Write(service_stream_, {kept_.data(), kept_.size()});
  if (kept_.size() > kMostKept) StopKeeping();
  if (client_ended_) service_->End(service_stream_);
}

bool Forwarder::IsRepeatable() const {
  if (!keeping_ || responded_) return false;
  const Repeatable repeatable{.always = method_->idempotent, .request_id = method_->request_id_field};
  const size_t head = FrameHead(0).size();
  const bool plain = client_ended_ && kept_.size() >= head && kept_.front() == 0;  // one message, not compressed
  return repeatable.Allows(plain ? std::string_view(kept_.data(), kept_.size()).substr(head) : std::string_view());
}

void Forwarder::StopKeeping() {
  keeping_ = false;
  kept_.clear();
  kept_.shrink_to_fit();
}

void Forwarder::OnData(std::string_view bytes) {
  if (finished_) return client_->Consume(client_stream_, bytes.size());
  if (!held_.Add(bytes.size())) return Fail(context_.shared.admission.NoRoom());
  if (keeping_) kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  if (service_stream_ == 0) return;
  service_->Write(service_stream_, bytes);
  if (kept_.size() > kMostKept) StopKeeping();
}

// What is sent once more has been credited to the client already.
void Forwarder::OnServiceSent(size_t bytes) {
  sent_ += bytes;
  const size_t known = std::min(bytes, resent_);
  resent_ -= known;
  credited_ += bytes - known;
  held_.Remove(bytes - known);
  client_->Consume(client_stream_, bytes - known);
}

void Forwarder::OnServiceData(std::string_view bytes) {
  if (finished_) return;
  if (!held_.Add(bytes.size())) return Fail(context_.shared.admission.NoRoom());
  client_->Write(client_stream_, bytes);
}

void Forwarder::OnEnd() {
  client_ended_ = true;
  if (service_stream_ != 0) service_->End(service_stream_);
}

void Forwarder::OnSent(size_t bytes) {
  held_.Remove(bytes);
  if (service_stream_ != 0) service_->Consume(service_stream_, bytes);
}

// The client's stream is gone: after the status that is how it should be, before it the call is cancelled.
void Forwarder::OnClose(uint32_t) {
  timer_.cancel();
  if (!std::exchange(finished_, true)) Count(google::rpc::CANCELLED);
  if (service_stream_ != 0) service_->Reset(service_stream_, NGHTTP2_CANCEL);
  held_.Reset();
}

void Forwarder::OnServiceHeaders(h2::Headers headers, bool trailers) {
  if (finished_) return;
  bool only_headers = !trailers && h2::FindHeader(headers, "grpc-status") != nullptr;
  if (trailers || only_headers) return OnServiceStatus(std::move(headers), only_headers);
  StopKeeping();
  headers.emplace_back("x-request-id", identity_.request_id);
  responded_ = true;
  client_->Respond(client_stream_, headers);
}

void Forwarder::OnServiceStatus(h2::Headers headers, bool only_headers) {
  const bool unavailable = CodeIn(headers) == google::rpc::UNAVAILABLE;
  const bool has_details = h2::FindHeader(headers, "grpc-status-details-bin") != nullptr;
  if (!unavailable) tries_->Answered();
  if (!unavailable || !tries_->Unavailable(has_details, IsRepeatable())) {
    return SendStatus(std::move(headers), only_headers);
  }
  service_->Reset(service_stream_, NGHTTP2_CANCEL);
  service_stream_ = 0;
  service_.reset();
  Try();
}

void Forwarder::SendStatus(h2::Headers headers, bool only_headers) {
  finished_ = true;
  // Who is answered at the last moment has time to read it.
  if (const auto until = Clock::now() + kLinger; timer_.expiry() < until) {
    timer_.expires_at(until);
    ArmTimer();
  }
  Count(CodeIn(headers));
  if (only_headers && !responded_) {
    headers.emplace_back("x-request-id", identity_.request_id);
    client_->RespondAndEnd(client_stream_, headers);
  } else {
    client_->End(client_stream_, std::move(headers));
  }
}

void Forwarder::OnServiceEnd() {
  if (!finished_) Fail(errors::Internal());
}

void Forwarder::OnServiceClose(uint32_t error_code) {
  service_stream_ = 0;
  service_.reset();
  if (finished_) return;
  // Of a stream of messages the service may have begun with the headers alone.
  const bool sent = sent_ > 0 || method_->descriptor->client_streaming();
  const bool again = keeping_ && tries_->Closed(error_code, sent, IsRepeatable());
  again ? Try() : Fail(BackEndUnavailable());
}

void Forwarder::Fail(const absl::Status& failure) {
  if (finished_) return;
  auto keep = shared_from_this();
  if (service_stream_ != 0) service_->Reset(service_stream_, NGHTTP2_CANCEL);
  h2::Headers status = StatusHeaders(failure, language_, identity_.request_id);
  if (!responded_) {
    status.insert(status.begin(), {{":status", "200"}, {"content-type", "application/grpc"}});
  }
  SendStatus(std::move(status), /*only_headers=*/!responded_);
}

void Forwarder::Count(int code) {
  auto& shared = context_.shared;
  shared.metrics.edge_in_flight().Decrement();
  CallMetrics& metrics = method_ == nullptr
                             ? *shared.unknown_edge_method
                             : *shared.edge_methods[static_cast<size_t>(method_ - shared.catalog.methods().data())];
  CountGrpc(metrics, code, std::chrono::duration<double>(Clock::now() - begin_).count());
}

}  // namespace wenming::gateway
