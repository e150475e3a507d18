// The two JSON parts of an access token, as anybody may send them: what is taken means one thing only.

#include <cstdint>
#include <string_view>

#include "common/auth/claims.h"
#include "common/crypto/digest.h"
#include "tests/fuzz/check.h"

using wenming::fuzz::Check;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = wenming::crypto::FromBase64Url(text)) {
    Check(wenming::crypto::Base64Url(*bytes) == text, "base64url has one spelling");
  }
  if (const auto key_id = wenming::auth::ParseHeader(text)) {
    Check(wenming::auth::ParseHeader(wenming::auth::HeaderJson(*key_id)) == key_id, "a header reads as it was written");
  }
  if (const auto claims = wenming::auth::ParseClaims(text)) {
    Check(wenming::auth::MayVouch(claims->service, claims->caller), "the issuer may vouch for the subject");
    const std::string written = wenming::auth::ClaimsJson(*claims);
    const auto again = wenming::auth::ParseClaims(written);
    Check(again.has_value() && wenming::auth::ClaimsJson(*again) == written, "claims read as they were written");
  }
  return 0;
}
