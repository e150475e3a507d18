#include "gateway/upstream/unary_call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "gateway/errors/codes.h"
#include "gateway/text.h"

namespace wenming::gateway {

absl::Status BackEndUnavailable() { return errors::Unavailable(type::REASON_BACKEND_UNAVAILABLE, absl::Seconds(1)); }

UnaryResult Failed(absl::Status failure) { return {.failure = std::move(failure)}; }

bool IsUnavailable(const UnaryResult& result) {
  return absl::IsUnavailable(result.failure) || result.code == google::rpc::UNAVAILABLE;
}

h2::Headers GrpcHeaders(const UnaryRequest& request, const std::string& authority,
                        std::chrono::steady_clock::time_point now) {
  h2::Headers headers = {{":method", "POST"},
                         {":scheme", "http"},
                         {":path", request.path},
                         {":authority", authority},
                         {"content-type", "application/grpc"},
                         {"te", "trailers"},
                         {"grpc-timeout", TimeoutText(request.deadline - now)}};
  headers.insert(headers.end(), request.metadata.begin(), request.metadata.end());
  return headers;
}

std::shared_ptr<UnaryCall> UnaryCall::Start(asio::io_context& loop, BackEnd& back_end, UnaryRequest request,
                                            Done done) {
  std::shared_ptr<UnaryCall> call(new UnaryCall(loop, back_end, std::move(request), std::move(done)));
  call->timer_.expires_at(call->request_.deadline);
  call->timer_.async_wait([weak = std::weak_ptr<UnaryCall>(call)](ErrorCode cancelled) {
    auto late = weak.lock();
    if (!cancelled && late != nullptr) late->Late();
  });
  call->Try();
  return call;
}

UnaryCall::UnaryCall(asio::io_context& loop, BackEnd& back_end, UnaryRequest request, Done done)
    : tries_(back_end), request_(std::move(request)), done_(std::move(done)), timer_(loop.get_executor()) {}

void UnaryCall::Try() {
  sent_ = 0;
  tries_.Next([self = shared_from_this()](std::shared_ptr<Channel> channel) { self->Send(std::move(channel)); });
}

void UnaryCall::Send(std::shared_ptr<Channel> channel) {
  if (!done_) return;
  if (channel == nullptr) return Finish(Failed(BackEndUnavailable()));
  const auto now = std::chrono::steady_clock::now();
  session_ = channel->session();
  tries_.Begin(std::move(channel), now);
  stream_ = session_->Open(GrpcHeaders(request_, tries_.channel().authority(), now), shared_from_this());
  if (stream_ == 0) return OnClose(NGHTTP2_REFUSED_STREAM);
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

void UnaryCall::OnEnd() { Land(Result()); }

void UnaryCall::Land(UnaryResult result) {
  if (!done_) return;
  if (!IsUnavailable(result)) {
    tries_.Answered();
    return Finish(std::move(result));
  }
  again_ = tries_.Unavailable(!result.details.empty(), request_.repeatable.Allows(request_.message));
  if (!again_) return Finish(std::move(result));
  // Nothing of this try may come into the next one, so its stream has to be closed first.
  const bool ended = sent_ == FrameHead(0).size() + request_.message.size();
  if (session_ != nullptr && !ended) session_->Reset(stream_, NGHTTP2_NO_ERROR);
}

void UnaryCall::Late() {
  if (session_ != nullptr) tries_.Late(*session_, std::chrono::steady_clock::now());
  Finish(Failed(errors::DeadlineExceeded()));
}

UnaryResult UnaryCall::Result() {
  if (!status_.code) {
    auto code = CodeOfHttpStatus(status_.http.value_or(0));
    return Failed(code == google::rpc::UNAVAILABLE ? BackEndUnavailable() : errors::Internal());
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
  // The server may reset a stream right after its trailers came.
  if (status_.code && !again_) Land(Result());
  if (!done_) return;
  again_ = again_ || tries_.Closed(error_code, sent_ > 0, request_.repeatable.Allows(request_.message));
  if (!again_) return Finish(Failed(BackEndUnavailable()));
  again_ = false;
  status_ = {};
  received_ = {};
  received_bytes_ = 0;
  Try();
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
