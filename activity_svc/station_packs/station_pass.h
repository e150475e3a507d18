// The signed part of a station pack: a compact JWS (RFC 7515) with EdDSA (RFC 8037) over a StationPass as JSON.
//
// Signed rather than sealed with a secret of the server's, so that a station that got its pack from a colleague's phone
// knows it to be genuine without network, and can make none.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "wenming/activity/v1/station_packs.pb.h"

namespace wenming::activity {

// A value; thread-safe.
class PassSigner {
 public:
  // `seed`: of the Ed25519 key (CheckCodes::PackSeed).
  explicit PassSigner(std::string seed) : seed_(std::move(seed)) {}

  absl::StatusOr<std::string> Sign(const v1::StationPass& pass) const;
  // 32 bytes.
  absl::StatusOr<std::string> PublicKey() const;
  // What the pass says. FAILED_PRECONDITION with REASON_PACK_INVALID for one that this key did not sign, or that is
  // none.
  absl::StatusOr<v1::StationPass> Open(std::string_view pass) const;

 private:
  std::string seed_;
};

}  // namespace wenming::activity
