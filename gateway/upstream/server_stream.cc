#include "gateway/upstream/server_stream.h"

#include <utility>

#include "common/errors/errors.h"
#include "gateway/errors/codes.h"

namespace wenming::gateway {

std::shared_ptr<ServerStream> ServerStream::Start(asio::io_context& loop, BackEnd& back_end, UnaryRequest request,
                                                  OnMessage on_message, OnDone on_done) {
  std::shared_ptr<ServerStream> stream(
      new ServerStream(loop, back_end, std::move(request), std::move(on_message), std::move(on_done)));
  stream->timer_.expires_at(stream->request_.deadline);
  stream->timer_.async_wait([weak = std::weak_ptr<ServerStream>(stream)](ErrorCode cancelled) {
    auto late = weak.lock();
    if (!cancelled && late != nullptr) late->Finish(Failed(errors::DeadlineExceeded()));
  });
  stream->Try();
  return stream;
}

ServerStream::ServerStream(asio::io_context& loop, BackEnd& back_end, UnaryRequest request, OnMessage on_message,
                           OnDone on_done)
    : tries_(back_end),
      request_(std::move(request)),
      on_message_(std::move(on_message)),
      on_done_(std::move(on_done)),
      timer_(loop.get_executor()) {}

void ServerStream::Try() {
  tries_.Next([self = shared_from_this()](std::shared_ptr<Channel> channel) { self->Open(std::move(channel)); });
}

void ServerStream::Open(std::shared_ptr<Channel> channel) {
  if (!on_done_) return;
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

void ServerStream::OnData(std::string_view bytes) {
  if (!on_done_) return;
  auto keep = shared_from_this();
  partial_ += bytes.size();
  received_.Add(bytes);
  while (on_done_) {
    auto message = received_.Next();
    if (!message.ok()) return Finish(Failed(message.status()));
    if (!message->has_value()) break;
    begun_ = true;
    const size_t cost = std::exchange(partial_, 0);
    waiting_ += cost;
    // Whoever is told may cancel, which must not destroy what is being called.
    auto on_message = std::move(on_message_);
    on_message(**std::move(message), cost);
    if (on_done_) on_message_ = std::move(on_message);
  }
  LetGoOn();
}

void ServerStream::Take(size_t cost) {
  waiting_ -= cost;
  if (session_ != nullptr && stream_ != 0) session_->Consume(stream_, cost);
  LetGoOn();
}

// The rest of a message that is larger than the window comes only when the window opens.
void ServerStream::LetGoOn() {
  if (waiting_ > 0 || partial_ == 0 || session_ == nullptr || stream_ == 0) return;
  session_->Consume(stream_, std::exchange(partial_, 0));
}

void ServerStream::OnEnd() {
  if (!on_done_) return;
  if (!status_.code) {
    auto code = CodeOfHttpStatus(status_.http.value_or(0));
    return Land(Failed(code == google::rpc::UNAVAILABLE ? BackEndUnavailable() : errors::Internal()));
  }
  if (*status_.code == google::rpc::OK && !received_.empty()) return Land(Failed(errors::Internal()));
  Land({.code = *status_.code, .message = std::move(status_.message), .details = std::move(status_.details)});
}

void ServerStream::Land(UnaryResult result) {
  if (!IsUnavailable(result)) {
    tries_.Answered();
    return Finish(std::move(result));
  }
  const bool repeatable = !begun_ && request_.repeatable.Allows(request_.message);
  again_ = tries_.Unavailable(!result.details.empty(), repeatable);
  if (!again_) return Finish(std::move(result));
  // Nothing of this try may come into the next one, so its stream has to be closed first.
  if (session_ != nullptr) session_->Reset(stream_, NGHTTP2_NO_ERROR);
}

void ServerStream::OnClose(uint32_t error_code) {
  stream_ = 0;
  session_.reset();
  // The server may reset a stream right after its trailers came.
  if (status_.code && !again_) OnEnd();
  if (!on_done_) return;
  if (!again_) {
    const bool repeatable = request_.repeatable.Allows(request_.message);
    again_ = !begun_ && tries_.Closed(error_code, sent_, repeatable);
  }
  if (!again_) return Finish(Failed(BackEndUnavailable()));
  again_ = sent_ = false;
  status_ = {};
  received_ = {};
  partial_ = 0;
  Try();
}

void ServerStream::Cancel() {
  on_message_ = nullptr;
  on_done_ = nullptr;
  timer_.cancel();
  if (session_ != nullptr && stream_ != 0) session_->Reset(stream_, NGHTTP2_CANCEL);
}

void ServerStream::Finish(UnaryResult result) {
  if (!on_done_) return;
  auto keep = shared_from_this();
  auto done = std::move(on_done_);
  Cancel();
  done(std::move(result));
}

}  // namespace wenming::gateway
