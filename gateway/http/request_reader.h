#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "gateway/http/message.h"

namespace wenming::gateway::http {

// Reads one request after the other from a stream of bytes, however it is cut. No I/O; not thread-safe.
class RequestReader {
 public:
  // Where the reader stands after a Feed.
  enum class Stage {
    kIdle,   // between requests
    kHead,   // in the middle of a head
    kBody,   // the head is complete, the body is not
    kReady,  // a request waits for Take
  };

  explicit RequestReader(const Limits& limits);
  ~RequestReader();

  // Takes bytes from the front of `input` and moves it past them; stops at the end of a request. A refusal is final:
  // nothing that follows on this connection can be trusted.
  std::variant<Stage, Refusal> Feed(std::string_view& input);
  // The request, when the stage is kReady; the next Feed begins a new one.
  Request Take();

  Stage stage() const { return stage_; }
  // Whether the client waits for "100 Continue" before it sends the body. True once per request.
  bool TakeExpectation();

 private:
  struct Parser;  // Beast's; kept out of this header because it takes seconds to compile
  std::variant<Stage, Refusal> FeedHead(std::string_view& input);
  std::variant<Stage, Refusal> FeedBody(std::string_view& input);

  const Limits& limits_;
  std::unique_ptr<Parser> parser_;
  Request request_;  // the head, once it is complete; trailers do not join it
  Stage stage_ = Stage::kIdle;
  bool expects_continue_ = false;
};

}  // namespace wenming::gateway::http
