#pragma once

#include <string_view>

namespace wenming::gateway {

// Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
bool IsUtf8(std::string_view text);

}  // namespace wenming::gateway
