// Signs the access tokens of one service.
//
// A token is a JWT (RFC 7519) signed with ES256. Its claims: iss "wenming/<service>", aud "wenming", sub
// (Caller::subject), ctr (Caller::center_id in decimal), iat, nbf and exp in whole seconds, jti (random); of people
// also sid (Caller::session_id as in resource names), of back ends x5t#S256 (Caller::certificate).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/auth/signing_key.h"
#include "common/crypto/random.h"

namespace wenming::auth {

struct AccessToken {
  std::string text;
  absl::Time expire_time;
};

// A handle: copies share their key. Thread-safe.
class TokenSigner {
 public:
  // A new key is signed with only after every process had the time to read its public half.
  static constexpr absl::Duration kSettling = absl::Seconds(5);

  // Reads <keys_dir>/<service>.sign.pem; where there are also <service>.<generation>.sign.pem (a whole number), that of
  // the highest generation.
  static absl::StatusOr<TokenSigner> Load(const std::string& keys_dir, std::string_view service,
                                          crypto::RandomSource random = crypto::RandomBytes);

  // Looks at the folder again, for a rotation while running: a key that was found there kSettling ago, and is still
  // the one to sign with, takes over. Says whether one did. On an error the old key stays.
  absl::StatusOr<bool> Reload(absl::Time now);

  // A token that says who `caller` is, valid from `now` on for `lifetime`, both cut to whole seconds. INVALID_ARGUMENT
  // for a caller that this service may not vouch for: org_svc vouches for staff and back ends, volunteer_svc for
  // volunteers, each service for itself.
  absl::StatusOr<AccessToken> Sign(const Caller& caller, absl::Time now, absl::Duration lifetime) const;

  // "<service>-<thumbprint>", as in the header of each token.
  std::string key_id() const;

 private:
  struct Key {
    std::string id;
    SigningKey key;
  };
  struct Shared;

  TokenSigner(std::string keys_dir, std::string service, Key key, crypto::RandomSource random);
  static absl::StatusOr<Key> Read(const std::string& keys_dir, const std::string& service);

  std::shared_ptr<Shared> shared_;
};

}  // namespace wenming::auth
