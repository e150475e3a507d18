// Says who is calling, from the access token of a call.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  // How many verified tokens are remembered at least; up to twice as many are. More than come to a rush at once.
  static constexpr size_t kRemembered = 32768;

  // A key that tokens are verified by, as a JWK says it.
  struct PublicKey {
    std::string key_id;
    std::string x, y;  // base64url
  };

  // Reads every <keys_dir>/<service>.verify.pem. During a rotation a service has several: what stands between its name
  // and ".verify.pem" is free, "org_svc.2027.verify.pem". FAILED_PRECONDITION when there is none.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Load(const std::string& keys_dir);

  // Reads the folder again, for a rotation while running: tokens by a key that is gone are refused from now on. Says
  // whether the keys are others than before. On an error (a file that is written only half) they stay as they are.
  absl::StatusOr<bool> Reload();

  // In the order of their ids.
  std::vector<PublicKey> Keys() const;

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
  using Keyring = std::map<std::string, Key, std::less<>>;  // by kid
  // What is remembered was verified by these keys, and is forgotten with them.
  struct State {
    explicit State(Keyring ring) : keys(std::move(ring)), cache(kRemembered) {}
    const Keyring keys;
    TokenCache cache;
  };

  TokenVerifier(std::string keys_dir, Keyring keys)
      : keys_dir_(std::move(keys_dir)), state_(std::make_shared<State>(std::move(keys))) {}

  static absl::StatusOr<Keyring> Read(const std::string& keys_dir);
  std::shared_ptr<State> Current() const;
  // What a token with a good signature claims; nothing for any other.
  static std::optional<Claims> Authentic(const Keyring& keys, std::string_view token);

  const std::string keys_dir_;
  mutable std::shared_mutex mutex_;
  std::shared_ptr<State> state_;
};

}  // namespace wenming::auth
