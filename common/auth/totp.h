// One-time codes of a second factor: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 seconds, as every
// authenticator app has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace wenming::auth {

// 160 bits, as RFC 4226 recommends.
inline constexpr size_t kTotpSecretSize = 20;

// The step that the code belongs to: the current one, the one before or the one after, for clocks that differ. Nothing
// where it is not the code of any. Each step may be used once; the caller remembers the last.
std::optional<int64_t> TotpStep(std::string_view secret, std::string_view code, absl::Time now);

// The secret as people type it: base32 without padding.
std::string TotpSecretText(std::string_view secret);
// "otpauth://totp/…": what an authenticator app reads from a QR code.
std::string TotpUri(std::string_view secret, std::string_view account, std::string_view issuer);

}  // namespace wenming::auth
