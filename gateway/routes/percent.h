#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wenming::gateway {

// What a decoder does with the characters that mean something of their own.
enum class PercentMode {
  kSegment,   // one path segment: everything is decoded
  kSegments,  // several path segments: "%2F" stays as it is, as google/api/http.proto asks
  kQuery,     // a query: '+' is a space
};

// Decodes percent-encoding; nullopt when a '%' is not followed by two hexadecimal digits. The result may be any bytes;
// whether they are UTF-8 is the caller's question.
std::optional<std::string> PercentDecode(std::string_view text, PercentMode mode);

}  // namespace wenming::gateway
