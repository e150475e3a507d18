// Keeps passwords as argon2id hashes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace wenming::auth {

// A value; thread-safe. Hash and Verify take tens of milliseconds and `memory_kib` of memory: call them
// where blocking is allowed, and bound how many run at once.
class PasswordHasher {
 public:
  // What one hash costs; the default is OWASP's recommendation.
  struct Cost {
    uint32_t memory_kib = 19456;
    uint32_t passes = 2;
    uint32_t lanes = 1;
  };

  explicit PasswordHasher(crypto::RandomSource random = crypto::RandomBytes)
      : PasswordHasher(Cost(), std::move(random)) {}
  PasswordHasher(Cost cost, crypto::RandomSource random) : cost_(cost), random_(std::move(random)) {}

  // "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>", at most 128 characters. RESOURCE_EXHAUSTED without the memory.
  absl::StatusOr<std::string> Hash(std::string_view password) const;

  // Whether `encoded` was made from the password, compared in constant time. False for an `encoded` that is malformed.
  bool Verify(std::string_view encoded, std::string_view password) const;

  // Stands for the hash of an account that does not exist: of our cost and nobody's password, so that Verify does
  // for it all the work it does for a real one.
  std::string DummyHash() const;

  // Whether `encoded` was made at another cost than ours, so that it is due for a new hash at the next log-in.
  bool NeedsRehash(std::string_view encoded) const;

 private:
  Cost cost_;
  crypto::RandomSource random_;
};

}  // namespace wenming::auth
