// Signs the access tokens of one service.
//
// A token is a JWT (RFC 7519) signed with ES256. Its claims: iss "wenming/<service>", aud "wenming", sub
// (Caller::subject), ctr (Caller::center_id in decimal), iat, nbf and exp in whole seconds, jti (random).
#pragma once

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

// A value; thread-safe.
class TokenSigner {
 public:
  // Reads <keys_dir>/<service>.sign.pem.
  static absl::StatusOr<TokenSigner> Load(const std::string& keys_dir, std::string_view service,
                                          crypto::RandomSource random = crypto::RandomBytes);

  // A token that says who `caller` is, valid from `now` on for `lifetime`, both cut to whole seconds. INVALID_ARGUMENT
  // for a caller that this service may not vouch for: org_svc vouches for staff, volunteer_svc for volunteers, each
  // service for itself.
  absl::StatusOr<AccessToken> Sign(const Caller& caller, absl::Time now, absl::Duration lifetime) const;

  // "<service>-<thumbprint>", as in the header of each token.
  const std::string& key_id() const { return key_id_; }

 private:
  TokenSigner(std::string service, SigningKey key, crypto::RandomSource random);

  std::string service_, key_id_;
  SigningKey key_;
  crypto::RandomSource random_;
};

}  // namespace wenming::auth
