#include "org_svc/keys/keys_service.h"

namespace wenming::org {

rpc::Service KeysService::Bind() {
  return rpc::Service("wenming.org.v1.KeysService").Unary("GetJwks", rpc::kInline, this, &KeysService::GetJwks);
}

absl::StatusOr<v1::Jwks> KeysService::GetJwks(const rpc::Call&, const v1::GetJwksRequest&) {
  v1::Jwks set;
  for (const auth::TokenVerifier::PublicKey& key : verifier_.Keys()) {
    v1::Jwk& shown = *set.add_keys();
    shown.set_kty("EC");
    shown.set_crv("P-256");
    shown.set_kid(key.key_id);
    shown.set_alg("ES256");
    shown.set_use("sig");
    shown.set_x(key.x);
    shown.set_y(key.y);
  }
  return set;
}

}  // namespace wenming::org
