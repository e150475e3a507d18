#include "gateway/http/streamed_body.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wenming::gateway::http {
namespace {

// A client that takes this much in the time for a write is slow, not stalled.
constexpr size_t kMostPayload = 64 * 1024;
constexpr char kLastChunk[] = "0\r\n\r\n";

}  // namespace

void StreamedBody::Add(std::string_view bytes) {
  if (!ended_) pending_.append(bytes);
}

void StreamedBody::Finish(bool whole) {
  if (std::exchange(ended_, true)) return;
  whole_ = whole;
}

std::optional<StreamedBody::Piece> StreamedBody::Next() {
  Piece piece;
  if (pending_.size() > kMostPayload) {
    piece.bytes = pending_.substr(0, kMostPayload);
    pending_.erase(0, kMostPayload);
  } else {
    piece.bytes = std::exchange(pending_, {});
  }
  piece.payload = piece.bytes.size();
  if (framing_ == Framing::kNone) piece.bytes.clear();
  if (framing_ == Framing::kChunked && piece.payload > 0) {
    piece.head = absl::StrCat(absl::Hex(piece.payload), "\r\n");
    piece.bytes += "\r\n";
  }
  bool last = framing_ == Framing::kChunked && ended_ && whole_ && pending_.empty() && !last_given_;
  if (last) {
    piece.bytes += kLastChunk;
    last_given_ = true;
  }
  if (piece.payload == 0 && !last) return std::nullopt;
  return piece;
}

}  // namespace wenming::gateway::http
