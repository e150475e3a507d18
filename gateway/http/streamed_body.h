#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wenming::gateway::http {

// The body of an answer that comes in pieces, framed for HTTP/1.1. No I/O; not thread-safe.
class StreamedBody {
 public:
  enum class Framing {
    kChunked,
    kUntilClose,  // for HTTP/1.0
    kNone,        // the answer to HEAD
  };
  // Bytes for the wire, and how many of the body they carry.
  struct Piece {
    std::string head = {};
    std::string bytes = {};
    size_t payload = 0;
  };

  explicit StreamedBody(Framing framing) : framing_(framing) {}

  void Add(std::string_view bytes);
  // Nothing more comes. The client can tell a body that is not whole by the last chunk that is missing; one that ends
  // with the connection needs the connection to break.
  void Finish(bool whole);

  // What to write next, at most 64 KB of the body; nothing while there is nothing to write.
  std::optional<Piece> Next();
  // Whether Next has given everything, the end included.
  bool done() const { return ended_ && pending_.empty(); }
  bool whole() const { return whole_; }
  Framing framing() const { return framing_; }

 private:
  const Framing framing_;
  std::string pending_;
  bool ended_ = false;
  bool whole_ = false;
  bool last_given_ = false;
};

}  // namespace wenming::gateway::http
