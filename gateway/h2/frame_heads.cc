#include "gateway/h2/frame_heads.h"

#include <algorithm>

namespace wenming::gateway::h2 {

void FrameHeads::Read(std::string_view input, absl::FunctionRef<void(const FrameHead&)> visit) {
  while (!input.empty()) {
    const size_t skipped = std::min(skip_, input.size());
    input.remove_prefix(skipped);
    skip_ -= skipped;
    if (input.empty()) return;
    bytes_[size_++] = static_cast<uint8_t>(input.front());
    input.remove_prefix(1);
    if (size_ < kSize || (size_ == kSize && padded() && length() > 0)) continue;
    visit(Head());
    skip_ = length() - (size_ - kSize);
    size_ = 0;
  }
}

size_t FrameHeads::length() const {
  return static_cast<size_t>(bytes_[0]) << 16 | static_cast<size_t>(bytes_[1]) << 8 | bytes_[2];
}

bool FrameHeads::padded() const { return bytes_[3] == NGHTTP2_DATA && (bytes_[4] & NGHTTP2_FLAG_PADDED) != 0; }

FrameHead FrameHeads::Head() const {
  const bool data = bytes_[3] == NGHTTP2_DATA;
  const size_t padding = padded() ? size_t{1} + bytes_[kSize] : 0;
  return {.type = bytes_[3],
          .stream = (bytes_[5] & 0x7f) << 24 | bytes_[6] << 16 | bytes_[7] << 8 | bytes_[8],
          .ends_stream = data && (bytes_[4] & NGHTTP2_FLAG_END_STREAM) != 0,
          .carries_data = data && length() > padding};
}

}  // namespace wenming::gateway::h2
