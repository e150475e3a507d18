// Implements wenming.org.v1.KeysService: the public keys as a JSON Web Key Set.
#pragma once

#include "absl/status/statusor.h"
#include "common/auth/token_verifier.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/org/v1/keys.pb.h"

namespace wenming::org {

// Thread-safe; the verifier outlives it.
class KeysService {
 public:
  explicit KeysService(const auth::TokenVerifier& verifier) : verifier_(verifier) {}

  rpc::Service Bind();

  absl::StatusOr<v1::Jwks> GetJwks(const rpc::Call& call, const v1::GetJwksRequest& request);

 private:
  const auth::TokenVerifier& verifier_;
};

}  // namespace wenming::org
