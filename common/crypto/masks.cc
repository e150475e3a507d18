#include "common/crypto/masks.h"

#include <cstddef>
#include <vector>

namespace wenming::crypto {
namespace {

// The text cut before each code point; a byte that continues none begins nothing of its own.
std::vector<std::string_view> CodePoints(std::string_view text) {
  std::vector<std::string_view> points;
  size_t begin = 0;
  for (size_t end = 1; end <= text.size(); ++end) {
    if (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) continue;
    points.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return points;
}

// Shows the first `head` and last `tail` code points when at least one is left to hide between them.
std::string Mask(std::string_view text, size_t head, size_t tail) {
  const std::vector<std::string_view> points = CodePoints(text);
  if (points.size() <= head + tail) return std::string(points.size(), '*');
  std::string masked;
  for (size_t i = 0; i < points.size(); ++i) {
    if (i < head || i >= points.size() - tail) {
      masked += points[i];
    } else {
      masked += '*';
    }
  }
  return masked;
}

}  // namespace

std::string MaskPhone(std::string_view phone) { return Mask(phone, 3, 4); }

std::string MaskIdNumber(std::string_view id_number) {
  const size_t points = CodePoints(id_number).size();
  const size_t shown = points >= 15 ? 4 : points > 8 ? 2 : 0;
  return Mask(id_number, shown, shown);
}

std::string MaskName(std::string_view name) {
  return CodePoints(name).size() <= 2 ? Mask(name, 1, 0) : Mask(name, 1, 1);
}

}  // namespace wenming::crypto
