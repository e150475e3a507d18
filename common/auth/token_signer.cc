#include "common/auth/token_signer.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/auth/claims.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"

namespace wenming::auth {
namespace {

constexpr size_t kTokenIdSize = 12;

}  // namespace

TokenSigner::TokenSigner(std::string service, SigningKey key, crypto::RandomSource random)
    : service_(std::move(service)), key_id_(key.Id(service_)), key_(std::move(key)), random_(std::move(random)) {}

absl::StatusOr<TokenSigner> TokenSigner::Load(const std::string& keys_dir, std::string_view service,
                                              crypto::RandomSource random) {
  const std::string name(service);
  const std::string path = absl::StrCat(keys_dir, "/", name, ".sign.pem");
  absl::StatusOr<std::string> pem = crypto::ReadSecretFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<SigningKey> key = SigningKey::FromPrivatePem(*pem);
  if (!key.ok()) return absl::Status(key.status().code(), absl::StrCat(path, ": ", key.status().message()));
  return TokenSigner(name, *std::move(key), std::move(random));
}

absl::StatusOr<AccessToken> TokenSigner::Sign(const Caller& caller, absl::Time now, absl::Duration lifetime) const {
  if (!MayVouch(service_, caller)) {
    return absl::InvalidArgumentError(absl::StrCat(service_, " may not vouch for \"", caller.subject, "\""));
  }
  const int64_t issued_at = absl::ToUnixSeconds(now);
  const int64_t expires_at = absl::ToUnixSeconds(now + lifetime);
  const std::string claims = ClaimsJson({.caller = caller,
                                         .service = service_,
                                         .issued_at = issued_at,
                                         .not_before = issued_at,
                                         .expires_at = expires_at,
                                         .token_id = crypto::Base64Url(random_(kTokenIdSize))});
  const std::string message = crypto::Base64Url(HeaderJson(key_id_)) + "." + crypto::Base64Url(claims);
  absl::StatusOr<std::string> signature = key_.Sign(message);
  if (!signature.ok()) return signature.status();
  return AccessToken{message + "." + crypto::Base64Url(*signature), absl::FromUnixSeconds(expires_at)};
}

}  // namespace wenming::auth
