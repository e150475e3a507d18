#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "gateway/catalog/catalog.h"
#include "gateway/net/asio.h"
#include "gateway/server/api_call.h"
#include "gateway/transcode/answer.h"
#include "gateway/upstream/back_end.h"
#include "gateway/upstream/server_stream.h"

namespace wenming::gateway {

// Answers one HTTP request with the stream of messages of a service. Belongs to its loop; keeps itself alive.
//
// As server-sent events (WHATWG HTML, 9.2) where the client accepts text/event-stream: a message is `data: JSON`, a
// failure `event: error`. Else as lines of JSON, `{"result":…}` and `{"error":…}`. google.api.HttpBody goes through as
// it is, with the type of its first message. A failure before the first message is an answer of its own; one after it
// ends the answer abnormally. The service sends no faster than the client reads.
class StreamAnswer final : public std::enable_shared_from_this<StreamAnswer> {
 public:
  struct Context {
    asio::io_context& loop;
    BackEnd& back_end;
    const TypeSource& types;  // outlives the stream; so does the next
    limits::Admission& admission;
    std::chrono::milliseconds comment_every;
  };
  // Called once. What became of it, 499 when the client has left; `begun`: it was sent already, else it is yours to
  // send.
  using Done = absl::AnyInvocable<void(Answer answer, bool begun)>;

  static void Start(const Context& context, std::shared_ptr<ApiCall> call, UnaryRequest request, Done done);

 private:
  enum class Form { kLines, kEvents, kFile };
  struct Waiting {
    size_t end;  // of the message, in bytes of the body
    size_t cost;
  };

  StreamAnswer(const Context& context, std::shared_ptr<ApiCall> call, Done done);
  void Listen();
  void OnMessage(const std::string& message, size_t cost);
  void OnSent(size_t bytes);
  void OnDone(const UnaryResult& result);
  void Fail(const absl::Status& failure);
  void Fail(Answer answer);
  void Finish(Answer answer);
  void Begin(std::string content_type);
  bool Write(std::string_view before, std::string_view body, std::string_view after);
  void Comment();

  const std::shared_ptr<ApiCall> call_;
  const TypeSource& types_;
  limits::Admission& admission_;
  const Form form_;
  const std::chrono::milliseconds comment_every_;
  Done done_;
  Timer timer_;
  std::shared_ptr<ServerStream> stream_;
  bool begun_ = false;
  size_t written_ = 0;
  size_t sent_ = 0;
  std::deque<Waiting> waiting_;
};

}  // namespace wenming::gateway
