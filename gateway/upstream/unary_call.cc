#include "gateway/upstream/unary_call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "gateway/errors/codes.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

constexpr int kMaxTries = 2;

absl::Status Unavailable() { return errors::Unavailable(type::REASON_BACKEND_UNAVAILABLE, absl::Seconds(1)); }

UnaryResult Failed(absl::Status failure) { return {.failure = std::move(failure)}; }

}  // namespace

h2::Headers GrpcHeaders(const UnaryRequest& request, const Address& authority) {
  h2::Headers headers = {{":method", "POST"},
                         {":scheme", "http"},
                         {":path", request.path},
                         {":authority", authority.Text()},
                         {"content-type", "application/grpc"},
                         {"te", "trailers"},
                         {"grpc-timeout", TimeoutText(request.deadline - std::chrono::steady_clock::now())}};
  headers.insert(headers.end(), request.metadata.begin(), request.metadata.end());
  return headers;
}

std::shared_ptr<UnaryCall> UnaryCall::Start(asio::io_context& loop, Channel& channel, UnaryRequest request, Done done) {
  std::shared_ptr<UnaryCall> call(new UnaryCall(loop, channel, std::move(request), std::move(done)));
  call->timer_.expires_at(call->request_.deadline);
  call->timer_.async_wait([weak = std::weak_ptr<UnaryCall>(call)](ErrorCode cancelled) {
    auto late = weak.lock();
    if (cancelled || late == nullptr) return;
    late->Finish(Failed(errors::DeadlineExceeded()));
  });
  call->Try();
  return call;
}

UnaryCall::UnaryCall(asio::io_context& loop, Channel& channel, UnaryRequest request, Done done)
    : channel_(channel), request_(std::move(request)), done_(std::move(done)), timer_(loop.get_executor()) {}

void UnaryCall::Try() {
  ++tries_;
  sent_ = false;
  channel_.Acquire(
      [self = shared_from_this()](std::shared_ptr<h2::Session> session) { self->Send(std::move(session)); });
}

void UnaryCall::Send(std::shared_ptr<h2::Session> session) {
  if (!done_) return;
  if (session == nullptr) return Finish(Failed(Unavailable()));
  session_ = std::move(session);
  stream_ = session_->Open(GrpcHeaders(request_, channel_.address()), shared_from_this());
  if (stream_ == 0) return Finish(Failed(Unavailable()));
  session_->Write(stream_, FrameHead(request_.message.size()));
  session_->Write(stream_, request_.message);
  session_->End(stream_);
}

void UnaryCall::Cancel() {
  done_ = nullptr;
  timer_.cancel();
  if (session_ != nullptr && stream_ != 0) session_->Reset(stream_, NGHTTP2_CANCEL);
}

void UnaryCall::OnHeaders(h2::Headers headers, bool) { status_.Read(headers); }

void UnaryCall::OnData(std::string_view bytes) {
  session_->Consume(stream_, bytes.size());
  received_bytes_ += bytes.size();
  if (received_bytes_ > kMaxMessageBytes) return Finish(Failed(errors::Internal()));
  received_.Add(bytes);
}

void UnaryCall::OnEnd() { Finish(Result()); }

UnaryResult UnaryCall::Result() {
  if (!status_.code) {
    auto code = CodeOfHttpStatus(status_.http.value_or(0));
    return Failed(code == google::rpc::UNAVAILABLE ? Unavailable() : errors::Internal());
  }
  UnaryResult result{
      .code = *status_.code, .message = std::move(status_.message), .details = std::move(status_.details)};
  if (result.code != google::rpc::OK) return result;
  auto message = received_.Next();
  bool one_message = message.ok() && message->has_value() && received_.empty();
  if (!one_message) return Failed(errors::Internal());
  result.response = **std::move(message);
  return result;
}

void UnaryCall::OnClose(uint32_t error_code) {
  stream_ = 0;
  session_.reset();
  if (!done_) return;
  bool not_begun = error_code == NGHTTP2_REFUSED_STREAM || !sent_;
  if (not_begun && tries_ < kMaxTries) return Try();
  // The server may reset a stream right after its trailers came.
  if (status_.code) return Finish(Result());
  Finish(Failed(Unavailable()));
}

void UnaryCall::Finish(UnaryResult result) {
  if (!done_) return;
  auto keep = shared_from_this();
  timer_.cancel();
  auto done = std::exchange(done_, nullptr);
  bool early = !result.failure.ok() && session_ != nullptr && stream_ != 0;
  if (early) session_->Reset(stream_, NGHTTP2_CANCEL);
  done(std::move(result));
}

std::string TimeoutText(std::chrono::steady_clock::duration left) {
  constexpr int64_t kMostDigits = 99'999'999;
  int64_t milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
  if (milliseconds > kMostDigits) return absl::StrCat(std::min(milliseconds / 1000, kMostDigits), "S");
  return absl::StrCat(std::max<int64_t>(milliseconds, 1), "m");
}

std::optional<std::chrono::nanoseconds> ParseTimeout(std::string_view text) {
  int64_t value = 0;
  bool digits = text.size() >= 2 && text.size() <= 9 &&
                text.substr(0, text.size() - 1).find_first_not_of("0123456789") == std::string_view::npos &&
                absl::SimpleAtoi(ToAbsl(text.substr(0, text.size() - 1)), &value);
  if (!digits) return std::nullopt;
  switch (text.back()) {
    case 'H':
      return std::chrono::hours(std::min<int64_t>(value, 100'000));
    case 'M':
      return std::chrono::minutes(std::min<int64_t>(value, 6'000'000));
    case 'S':
      return std::chrono::seconds(value);
    case 'm':
      return std::chrono::milliseconds(value);
    case 'u':
      return std::chrono::microseconds(value);
    case 'n':
      return std::chrono::nanoseconds(value);
    default:
      return std::nullopt;
  }
}

}  // namespace wenming::gateway
