#include "common/crypto/blind_index.h"

#include "absl/strings/ascii.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"

namespace wenming::crypto {
namespace {

std::string Normalise(std::string_view value) {
  std::string normal;
  for (const char c : value) {
    if (c != ' ' && c != '-') normal += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return normal;
}

}  // namespace

absl::StatusOr<BlindIndex> BlindIndex::Load(const std::string& keys_dir) {
  absl::StatusOr<std::string> key = LoadKey(keys_dir + "/index.key");
  if (!key.ok()) return key.status();
  return BlindIndex(*std::move(key));
}

std::string BlindIndex::Of(std::string_view purpose, std::string_view value) const {
  std::string message(purpose);
  message += '\0';  // keeps ("a", "bc") apart from ("ab", "c")
  message += Normalise(value);
  return HmacSha256(key_, message).substr(0, kSize);
}

}  // namespace wenming::crypto
