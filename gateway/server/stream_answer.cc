#include "gateway/server/stream_answer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "gateway/server/response.h"
#include "gateway/text.h"

namespace wenming::gateway {

void StreamAnswer::Start(const Context& context, std::shared_ptr<ApiCall> call, UnaryRequest request, Done done) {
  std::shared_ptr<StreamAnswer> answer(new StreamAnswer(context, std::move(call), std::move(done)));
  auto stream = ServerStream::Start(
      context.loop, context.back_end, std::move(request),
      [answer](std::string message, size_t cost) { answer->OnMessage(message, cost); },
      [answer](const UnaryResult& result) { answer->OnDone(result); });
  if (!answer->done_) return;
  answer->stream_ = std::move(stream);
  answer->Listen();
}

StreamAnswer::StreamAnswer(const Context& context, std::shared_ptr<ApiCall> call, Done done)
    : call_(std::move(call)),
      types_(context.types),
      admission_(context.admission),
      form_(AnswersWithHttpBody(*call_->binding)                                                  ? Form::kFile
            : call_->request.Header("accept").find("text/event-stream") != std::string_view::npos ? Form::kEvents
                                                                                                  : Form::kLines),
      comment_every_(context.comment_every),
      done_(std::move(done)),
      timer_(context.loop.get_executor()) {}

void StreamAnswer::Listen() {
  auto weak = weak_from_this();
  call_->exchange->OnSent([weak](size_t bytes) {
    if (auto self = weak.lock()) self->OnSent(bytes);
  });
  call_->exchange->OnAbort([weak] {
    if (auto self = weak.lock()) self->Finish({.status = 499});
  });
  call_->exchange->OnDrain([weak] {
    auto self = weak.lock();
    if (self == nullptr) return;
    self->Fail(errors::Unavailable(type::REASON_BACKEND_UNAVAILABLE, absl::Seconds(1)));
  });
  if (form_ == Form::kEvents) Comment();
}

// Tells proxies and browsers on a silent stream that it lives, and us that they do.
void StreamAnswer::Comment() {
  timer_.expires_after(comment_every_);
  timer_.async_wait([weak = weak_from_this()](ErrorCode cancelled) {
    auto self = weak.lock();
    if (cancelled || self == nullptr || !self->done_) return;
    self->Begin("text/event-stream");
    if (self->waiting_.empty()) self->Write(":\n\n", "", "");
    self->Comment();
  });
}

void StreamAnswer::OnMessage(const std::string& message, size_t cost) {
  Answer answer = MakeAnswer(*call_->binding, message, types_, call_->identity.request_id, call_->language);
  if (answer.status != 200) return Fail(std::move(answer));
  bool fits = true;
  switch (form_) {
    case Form::kLines:
      Begin("application/x-ndjson");
      fits = Write("{\"result\":", answer.body, "}\n");
      break;
    case Form::kEvents:
      Begin("text/event-stream");
      fits = Write("data: ", answer.body, "\n\n");
      break;
    case Form::kFile:
      Begin(std::move(answer.content_type));
      fits = Write("", answer.body, "");
      break;
  }
  if (!fits) return Fail(admission_.NoRoom());
  waiting_.push_back({written_, cost});
  OnSent(0);  // a message without a byte has left already
}

void StreamAnswer::OnSent(size_t bytes) {
  sent_ += bytes;
  size_t cost = 0;
  while (!waiting_.empty() && waiting_.front().end <= sent_) {
    cost += waiting_.front().cost;
    waiting_.pop_front();
  }
  if (cost > 0 && stream_ != nullptr) stream_->Take(cost);
}

void StreamAnswer::OnDone(const UnaryResult& result) {
  if (!result.ok()) return Fail(FailureAnswer(result, *call_, types_));
  if (form_ == Form::kEvents) Begin("text/event-stream");
  if (form_ == Form::kLines) Begin("application/x-ndjson");
  if (form_ == Form::kFile) Begin("application/octet-stream");
  call_->exchange->End();
  Finish({.status = 200});
}

void StreamAnswer::Fail(const absl::Status& failure) {
  Fail(MakeErrorAnswer(failure, types_, call_->identity.request_id, call_->language));
}

void StreamAnswer::Fail(Answer answer) {
  if (!done_) return;
  if (begun_) {
    if (form_ == Form::kLines) Write("{\"error\":", answer.body, "}\n");
    if (form_ == Form::kEvents) Write("event: error\ndata: ", answer.body, "\n\n");
    call_->exchange->Break();
  }
  Finish(std::move(answer));
}

void StreamAnswer::Finish(Answer answer) {
  if (!done_) return;
  auto keep = shared_from_this();
  timer_.cancel();
  auto done = std::move(done_);
  done_ = nullptr;
  if (stream_ != nullptr) std::exchange(stream_, nullptr)->Cancel();
  done(std::move(answer), begun_);
}

void StreamAnswer::Begin(std::string content_type) {
  if (std::exchange(begun_, true)) return;
  Answer head;
  head.content_type = std::move(content_type);
  call_->exchange->Begin(ToResponse(std::move(head), *call_));
  if (call_->request.method != "HEAD") return;
  call_->exchange->End();
  Finish({.status = 200});
}

bool StreamAnswer::Write(std::string_view before, std::string_view body, std::string_view after) {
  const std::string piece = absl::StrCat(ToAbsl(before), ToAbsl(body), ToAbsl(after));
  if (!call_->exchange->Write(piece)) return false;
  written_ += piece.size();
  return true;
}

}  // namespace wenming::gateway
