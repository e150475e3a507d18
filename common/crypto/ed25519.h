// Signatures with Ed25519 (RFC 8032). Pure functions; byte strings are std::string.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wenming::crypto {

// The seed is the private key: 32 secret bytes. INVALID_ARGUMENT for another length.
absl::StatusOr<std::string> Ed25519PublicKey(std::string_view seed);
// 64 bytes, the same each time.
absl::StatusOr<std::string> Ed25519Sign(std::string_view seed, std::string_view message);
// False also for a key or a signature that is none.
bool Ed25519Verify(std::string_view public_key, std::string_view message, std::string_view signature);

}  // namespace wenming::crypto
