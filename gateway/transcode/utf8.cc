#include "gateway/transcode/utf8.h"

#include <cstdint>

namespace wenming::gateway {
namespace {

struct Lead {
  int more;            // continuation bytes that follow
  uint8_t low = 0x80;  // range of the first of them, which excludes overlong forms and surrogates
  uint8_t high = 0xBF;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {0};
  if (byte >= 0xC2 && byte <= 0xDF) return {1};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {2};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {3};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {-1};
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    Lead lead = LeadOf(static_cast<uint8_t>(text[i++]));
    if (lead.more < 0 || text.size() - i < static_cast<size_t>(lead.more)) return false;
    for (int k = 0; k < lead.more; ++k, ++i) {
      auto byte = static_cast<uint8_t>(text[i]);
      if (byte < (k == 0 ? lead.low : 0x80) || byte > (k == 0 ? lead.high : 0xBF)) return false;
    }
  }
  return true;
}

}  // namespace wenming::gateway
