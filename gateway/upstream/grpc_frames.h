#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/h2/session.h"

namespace wenming::gateway {

// The largest message that is taken from a service.
inline constexpr size_t kMaxMessageBytes = 32 << 20;

// The five bytes before a message of that size which is not compressed (gRPC over HTTP/2, "Length-Prefixed-Message").
std::string FrameHead(size_t size);

// Cuts messages out of what a stream brings. Not thread-safe.
class FrameReader {
 public:
  void Add(std::string_view bytes) { received_.append(bytes); }
  // The next message, or nothing while it is not complete. INTERNAL for one that is compressed, which we never allow,
  // or larger than kMaxMessageBytes.
  absl::StatusOr<std::optional<std::string>> Next();
  // Whether nothing is left of what came.
  bool empty() const { return received_.size() == begin_; }

 private:
  std::string received_;  // from begin_ on
  size_t begin_ = 0;
};

// What a service's headers and trailers say of its answer.
struct GrpcStatus {
  std::optional<int> http = {};
  std::optional<int> code = {};
  std::string message = {};  // grpc-message, decoded
  std::string details = {};  // grpc-status-details-bin, decoded

  void Read(const h2::Headers& headers);
};

}  // namespace wenming::gateway
