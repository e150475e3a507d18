#include "gateway/routes/percent.h"

namespace wenming::gateway {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text, PercentMode mode) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && mode == PercentMode::kQuery) c = ' ';
    if (c != '%') {
      decoded += c;
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    int high = HexValue(text[i + 1]);
    int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    char byte = static_cast<char>(high * 16 + low);
    if (byte == '/' && mode == PercentMode::kSegments) {
      decoded.append(text.substr(i, 3));
    } else {
      decoded += byte;
    }
    i += 2;
  }
  return decoded;
}

}  // namespace wenming::gateway
