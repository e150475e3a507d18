// A P-256 key that signs or verifies with ES256 (RFC 7518 section 3.4).
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace wenming::auth {

// A value, cheap to copy; thread-safe.
class SigningKey {
 public:
  // From PEM: a private key (PKCS #8), or a public one. INVALID_ARGUMENT for anything but a key on the curve P-256.
  static absl::StatusOr<SigningKey> FromPrivatePem(std::string_view pem);
  static absl::StatusOr<SigningKey> FromPublicPem(std::string_view pem);

  // 64 bytes: r and s. INTERNAL without the private half.
  absl::StatusOr<std::string> Sign(std::string_view message) const;
  bool Verify(std::string_view message, std::string_view signature) const;

  // The public half as in a JWK (RFC 7518 section 6.2.1): the coordinates in base64url.
  std::string X() const;
  std::string Y() const;

  // The key's id among those of `service`: "<service>-" and the first 12 characters of its thumbprint (RFC 7638).
  std::string Id(std::string_view service) const;

 private:
  explicit SigningKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}
  static absl::StatusOr<SigningKey> Checked(EVP_PKEY* key);

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace wenming::auth
