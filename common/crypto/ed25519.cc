#include "common/crypto/ed25519.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/status/status.h"

namespace wenming::crypto {
namespace {

constexpr size_t kKeySize = 32;
constexpr size_t kSignatureSize = 64;

template <typename T, auto Free>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

absl::StatusOr<Key> PrivateKey(std::string_view seed) {
  if (seed.size() != kKeySize) return absl::InvalidArgumentError("an Ed25519 key has 32 bytes");
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  if (key == nullptr) return absl::InternalError("OpenSSL takes no Ed25519 key");
  return key;
}

}  // namespace

absl::StatusOr<std::string> Ed25519PublicKey(std::string_view seed) {
  const auto key = PrivateKey(seed);
  if (!key.ok()) return key.status();
  std::string raw(kKeySize, '\0');
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key->get(), Bytes(raw), &size) != 1 || size != kKeySize) {
    return absl::InternalError("OpenSSL tells no Ed25519 key");
  }
  return raw;
}

absl::StatusOr<std::string> Ed25519Sign(std::string_view seed, std::string_view message) {
  const auto key = PrivateKey(seed);
  if (!key.ok()) return key.status();
  const Context context(EVP_MD_CTX_new());
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  const bool made = context != nullptr &&
                    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key->get()) == 1 &&
                    EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(message), message.size()) == 1;
  if (!made || size != kSignatureSize) return absl::InternalError("OpenSSL makes no Ed25519 signature");
  return signature;
}

bool Ed25519Verify(std::string_view public_key, std::string_view message, std::string_view signature) {
  if (public_key.size() != kKeySize || signature.size() != kSignatureSize) return false;
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  const Context context(EVP_MD_CTX_new());
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) == 1;
}

}  // namespace wenming::crypto
