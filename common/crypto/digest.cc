#include "common/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace wenming::crypto {
namespace {

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string Sha256(std::string_view data) {
  // OpenSSL's own SHA256() looks its algorithm up by name at every call, which takes longer than to hash a few hundred
  // bytes.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, sha256, nullptr);
  return digest;
}

std::string HmacSha256(std::string_view key, std::string_view data) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  unsigned size = 0;
  // A null key would mean "the key of the previous call" to OpenSSL.
  HMAC(EVP_sha256(), key.empty() ? "" : key.data(), static_cast<int>(key.size()), Bytes(data), data.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &size);
  return digest;
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string Hex(std::string_view bytes) { return absl::BytesToHexString(View(bytes)); }

std::string Base64Url(std::string_view bytes) { return absl::WebSafeBase64Escape(View(bytes)); }

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string bytes;
  // Abseil forgives padding, white space and stray bits; the text we would have written does not.
  if (!absl::WebSafeBase64Unescape(View(text), &bytes) || Base64Url(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace wenming::crypto
