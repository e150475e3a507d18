// The way back to the caller of a call that is answered later than its handler returns.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace wenming::rpc {

// Takes the one answer to a call, on any thread; keeps the call and its request alive until it is destroyed.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  // `answer` is set exactly where the status is OK.
  virtual void Finish(const absl::Status& status, const google::protobuf::Message* answer) = 0;
};

// Answers once, by Send. One that goes out of scope without having answered answers INTERNAL, so that no caller is
// forgotten. The Call and the request that came with it live until then. Not shared between threads, but may be moved
// to another.
template <typename Response>
class Reply {
 public:
  explicit Reply(std::unique_ptr<AnswerSink> sink) : sink_(std::move(sink)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&& other) noexcept {
    Reply dropped(std::move(*this));
    sink_ = std::move(other.sink_);
    return *this;
  }
  ~Reply() {
    if (sink_ != nullptr) Send(absl::InternalError("the handler dropped a call without an answer"));
  }

  // Into a function instead of a server, for those who call a handler directly.
  static Reply To(std::function<void(absl::StatusOr<Response>)> receive) {
    return Reply(std::make_unique<FunctionSink>(std::move(receive)));
  }

  void Send(const absl::StatusOr<Response>& answer) {
    const std::unique_ptr<AnswerSink> sink = std::move(sink_);
    sink->Finish(answer.status(), answer.ok() ? &*answer : nullptr);
  }

 private:
  class FunctionSink : public AnswerSink {
   public:
    explicit FunctionSink(std::function<void(absl::StatusOr<Response>)> receive) : receive_(std::move(receive)) {}
    void Finish(const absl::Status& status, const google::protobuf::Message* answer) override {
      if (answer == nullptr) return receive_(status);
      receive_(static_cast<const Response&>(*answer));
    }

   private:
    const std::function<void(absl::StatusOr<Response>)> receive_;
  };

  std::unique_ptr<AnswerSink> sink_;
};

}  // namespace wenming::rpc
