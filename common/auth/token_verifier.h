// Says who is calling, from the access token of a call.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/auth/claims.h"
#include "common/auth/signing_key.h"
#include "common/auth/token_cache.h"

namespace wenming::auth {

// Thread-safe.
class TokenVerifier {
 public:
  // How many verified tokens are remembered at least; up to twice as many are.
  static constexpr size_t kRemembered = 16384;

  // Reads every <keys_dir>/<service>.verify.pem. During a rotation a service has several: what stands between its name
  // and
  // ".verify.pem" is free, "org_svc.2027.verify.pem". FAILED_PRECONDITION when there is none.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Load(const std::string& keys_dir);

  // The caller that the token proves. UNAUTHENTICATED with REASON_TOKEN_EXPIRED for a token that was good once, with
  // REASON_TOKEN_INVALID for any other (RFC 8725):
  // - at most 4 KiB, three parts in canonical base64url, JSON objects without repeated, nested or missing members;
  // - a header of exactly alg "ES256", typ "JWT" and a kid that is known;
  // - a signature by that key, whose owner is the issuer and may vouch for the subject;
  // - our audience, not before `nbf` less 60 s, expired from `exp` on.
  absl::StatusOr<Caller> Verify(std::string_view token, absl::Time now) const;

 private:
  struct Key {
    std::string service;
    SigningKey key;
  };

  explicit TokenVerifier(std::unordered_map<std::string, Key> keys) : keys_(std::move(keys)), cache_(kRemembered) {}

  // What a token with a good signature claims; nothing for any other.
  std::optional<Claims> Authentic(std::string_view token) const;

  const std::unordered_map<std::string, Key> keys_;  // by kid
  mutable TokenCache cache_;
};

}  // namespace wenming::auth
