// Digests, their comparison and the text forms of bytes. Pure functions; byte strings are std::string.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wenming::crypto {

// 32 bytes.
std::string Sha256(std::string_view data);
std::string HmacSha256(std::string_view key, std::string_view data);

// Whether both are equal, in a time that depends on their lengths only.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

// Lower case, two digits a byte.
std::string Hex(std::string_view bytes);

// RFC 4648 section 5, without padding.
std::string Base64Url(std::string_view bytes);
// The bytes of exactly such a text: no padding, no other characters, no stray bits at the end.
std::optional<std::string> FromBase64Url(std::string_view text);

}  // namespace wenming::crypto
