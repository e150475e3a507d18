#include "tests/bench/gateway/http_answer.h"

#include <algorithm>
#include <charconv>

namespace wenming::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kStatusAt = 9;  // behind "HTTP/1.1 "

template <typename Number>
bool Read(std::string_view text, Number& number, int base) {
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number, base).ptr;
  return end != text.data();
}

bool SameName(std::string_view line, std::string_view lower) {
  return line.size() >= lower.size() && std::equal(lower.begin(), lower.end(), line.begin(), [](char l, char c) {
           return l == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
         });
}

}  // namespace

HttpAnswer::State HttpAnswer::Take(std::string_view& input) {
  if (part_ == Part::kHead) {
    const State head = TakeHead(input);
    if (part_ == Part::kHead || head != State::kMore) return head;
  }
  while (true) {
    if (part_ == Part::kChunkHead && !TakeChunkHead(input)) {
      return input.size() > 32 ? State::kBroken : State::kMore;
    }
    const size_t taken = std::min(left_, input.size());
    input.remove_prefix(taken);
    left_ -= taken;
    if (left_ > 0) return State::kMore;
    if (part_ == Part::kBody || last_) return State::kDone;
    part_ = Part::kChunkHead;
  }
}

HttpAnswer::State HttpAnswer::TakeHead(std::string_view& input) {
  const size_t end = input.find("\r\n\r\n");
  if (end == std::string_view::npos) return State::kMore;
  std::string_view head = input.substr(0, end + kLineEnd.size());
  input.remove_prefix(end + 2 * kLineEnd.size());
  if (head.size() < kStatusAt + 3 || !Read(head.substr(kStatusAt, 3), status_, 10)) return State::kBroken;
  bool framed = false;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(line.size() + kLineEnd.size());
    constexpr std::string_view kLength = "content-length: ", kChunked = "transfer-encoding: chunked";
    if (SameName(line, kLength)) {
      framed = Read(line.substr(kLength.size()), left_, 10);
      part_ = Part::kBody;
    } else if (SameName(line, kChunked)) {
      framed = true;
      part_ = Part::kChunkHead;
    }
  }
  return framed ? State::kMore : State::kBroken;
}

bool HttpAnswer::TakeChunkHead(std::string_view& input) {
  const size_t end = input.find(kLineEnd);
  size_t size = 0;
  if (end == std::string_view::npos || !Read(input.substr(0, end), size, 16)) return false;
  input.remove_prefix(end + kLineEnd.size());
  last_ = size == 0;
  left_ = size + kLineEnd.size();
  part_ = Part::kChunk;
  return true;
}

}  // namespace wenming::bench
