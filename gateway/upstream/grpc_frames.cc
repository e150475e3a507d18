#include "gateway/upstream/grpc_frames.h"

#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/errors/errors.h"
#include "gateway/routes/percent.h"

namespace wenming::gateway {
namespace {

constexpr size_t kFrameHead = 5;

size_t FrameSize(std::string_view frame) {
  size_t size = 0;
  for (size_t i = 1; i < kFrameHead; ++i) size = size << 8 | static_cast<uint8_t>(frame[i]);
  return size;
}

}  // namespace

std::string FrameHead(size_t size) {
  std::string head(kFrameHead, '\0');
  for (int i = 0; i < 4; ++i) head[1 + i] = static_cast<char>(size >> (24 - 8 * i));
  return head;
}

absl::StatusOr<std::optional<std::string>> FrameReader::Next() {
  std::string_view left = std::string_view(received_).substr(begin_);
  if (left.size() < kFrameHead) return std::nullopt;
  const size_t size = FrameSize(left);
  if (left[0] != 0 || size > kMaxMessageBytes) return errors::Internal();
  if (left.size() < kFrameHead + size) return std::nullopt;
  std::string message(left.substr(kFrameHead, size));
  begin_ += kFrameHead + size;
  if (begin_ == received_.size()) {
    received_.clear();
    begin_ = 0;
  } else if (begin_ > received_.size() / 2) {
    received_.erase(0, std::exchange(begin_, 0));
  }
  return message;
}

void GrpcStatus::Read(const h2::Headers& headers) {
  for (const auto& [name, value] : headers) {
    int number = 0;
    if (name == ":status" && absl::SimpleAtoi(value, &number)) http = number;
    if (name == "grpc-status" && absl::SimpleAtoi(value, &number)) code = number;
    if (name == "grpc-message") message = PercentDecode(value, PercentMode::kSegment).value_or(value);
    if (name == "grpc-status-details-bin") absl::Base64Unescape(value, &details);
  }
}

}  // namespace wenming::gateway
