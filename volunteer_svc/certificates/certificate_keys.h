// The Ed25519 keys that signed statements of certificates are signed and verified with.
//
// Files in the folder of keys: certificate.sign.pem signs and certificate.public.pem is published; after a rotation
// there are also certificate.<generation>.sign.pem and …public.pem, of which the highest generation signs. A public key
// stays published for good, because a statement is verified years after it was signed. The files are read whenever a
// key is needed, so that a rotation reaches a service that runs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// A value; thread-safe.
class CertificateKeys {
 public:
  explicit CertificateKeys(std::string folder) : folder_(std::move(folder)) {}

  // The payload as a compact JWS (RFC 7515) with EdDSA (RFC 8037). An error names the file that cannot be used.
  absl::StatusOr<std::string> Sign(std::string_view payload) const;

  // Every public key, newest first.
  absl::StatusOr<std::vector<v1::CertificateKey>> Public() const;

 private:
  const std::string folder_;
};

// The payload of a statement that we have signed ourselves; DATA_LOSS for anything else.
absl::StatusOr<std::string> PayloadOf(std::string_view statement);

// What stands on paper of a statement, so that both can be told to belong together: "1A2B-3C4D-5E6F-7081", the first 8
// bytes of its SHA-256.
std::string FingerprintOf(std::string_view statement);

}  // namespace wenming::volunteer
