#pragma once

#include <cstddef>
#include <string_view>

namespace wenming::bench {

// Finds the end of an HTTP/1.1 answer, by Content-Length or by chunks, in bytes as they come. Knows no more than a load
// client needs; trailers are not understood. Not thread-safe.
class HttpAnswer {
 public:
  enum class State { kMore, kDone, kBroken };

  // Takes bytes from the front of `input`, as far as the answer goes. What was not taken comes again with more behind.
  State Take(std::string_view& input);
  int status() const { return status_; }
  void Reset() { *this = {}; }

 private:
  State TakeHead(std::string_view& input);
  bool TakeChunkHead(std::string_view& input);

  enum class Part { kHead, kBody, kChunkHead, kChunk };
  Part part_ = Part::kHead;
  int status_ = 0;
  size_t left_ = 0;  // of the body, or of the chunk with its line end
  bool last_ = false;
};

}  // namespace wenming::bench
