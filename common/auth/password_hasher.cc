#include "common/auth/password_hasher.h"

#include <argon2.h>

#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wenming::auth {
namespace {

constexpr size_t kSaltSize = 16;
constexpr size_t kHashSize = 32;
constexpr size_t kMaxEncodedSize = 128;

std::string Prefix(const PasswordHasher::Cost& cost) {
  return absl::StrCat("$argon2id$v=", static_cast<int>(ARGON2_VERSION_13), "$m=", cost.memory_kib, ",t=", cost.passes,
                      ",p=", cost.lanes, "$");
}

}  // namespace

absl::StatusOr<std::string> PasswordHasher::Hash(std::string_view password) const {
  const std::string salt = random_(kSaltSize);
  std::array<char, kMaxEncodedSize> encoded = {};
  const int result =
      argon2id_hash_encoded(cost_.passes, cost_.memory_kib, cost_.lanes, password.data(), password.size(), salt.data(),
                            salt.size(), kHashSize, encoded.data(), encoded.size());
  if (result != ARGON2_OK) {
    return absl::ResourceExhaustedError(absl::StrCat("argon2: ", argon2_error_message(result)));
  }
  return std::string(encoded.data());
}

bool PasswordHasher::Verify(std::string_view encoded, std::string_view password) const {
  return argon2id_verify(std::string(encoded).c_str(), password.data(), password.size()) == ARGON2_OK;
}

std::string PasswordHasher::DummyHash() const {
  // Twenty-two letters are sixteen bytes, forty-three are thirty-two: the salt and the hash, all zero.
  return absl::StrCat(Prefix(cost_), std::string(22, 'A'), "$", std::string(43, 'A'));
}

bool PasswordHasher::NeedsRehash(std::string_view encoded) const { return !encoded.starts_with(Prefix(cost_)); }

}  // namespace wenming::auth
