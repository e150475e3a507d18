#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace wenming::gateway::h2 {

// What the first bytes of a frame tell (RFC 9113 section 4.1).
struct FrameHead {
  uint8_t type = 0;  // as in nghttp2_frame_type
  int32_t stream = 0;
  bool ends_stream = false;   // DATA with END_STREAM
  bool carries_data = false;  // DATA with a byte that is not padding

  friend bool operator==(const FrameHead&, const FrameHead&) = default;
};

// Finds the heads of the frames that a client sends, behind its preface, however the bytes are cut. nghttp2 tells of no
// frame whose stream is gone, and every frame costs its reader work.
//
// Not thread-safe.
class FrameHeads {
 public:
  // Calls `visit` for each head that is complete with `input`, the next bytes from the client.
  void Read(std::string_view input, absl::FunctionRef<void(const FrameHead&)> visit);

 private:
  static constexpr size_t kSize = 9;

  size_t length() const;
  bool padded() const;
  FrameHead Head() const;

  size_t skip_ = NGHTTP2_CLIENT_MAGIC_LEN;     // bytes until the next head
  std::array<uint8_t, kSize + 1> bytes_ = {};  // of a head, and how long the padding is
  size_t size_ = 0;
};

}  // namespace wenming::gateway::h2
