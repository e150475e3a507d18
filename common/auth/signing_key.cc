#include "common/auth/signing_key.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <utility>

#include "absl/status/status.h"
#include "common/crypto/digest.h"

namespace wenming::auth {
namespace {

constexpr size_t kHalf = 32;
constexpr size_t kIdSize = 12;

template <typename T, auto Free>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Deleter<T, Free>>;
using Bio = Owned<BIO, BIO_free>;
using Digest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Signature = Owned<ECDSA_SIG, ECDSA_SIG_free>;
using Number = Owned<BIGNUM, BN_free>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Bio Reader(std::string_view pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

// Keeps OpenSSL from asking on the terminal for the password of an encrypted key.
int NoPassword(char*, int, int, void*) { return -1; }

bool OnP256(const EVP_PKEY* key) {
  char curve[32] = "";
  size_t size = 0;
  return key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve), &size) == 1 &&
         std::string_view(curve) == "prime256v1";
}

// OpenSSL speaks DER, JWT the two numbers side by side.
std::string ToRaw(const ECDSA_SIG* signature) {
  std::string raw(2 * kHalf, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), Bytes(raw), kHalf);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), Bytes(raw) + kHalf, kHalf);
  return raw;
}

std::string ToDer(std::string_view raw) {
  const Signature signature(ECDSA_SIG_new());
  Number r(BN_bin2bn(Bytes(raw), kHalf, nullptr));
  Number s(BN_bin2bn(Bytes(raw) + kHalf, kHalf, nullptr));
  if (signature == nullptr || r == nullptr || s == nullptr) return "";
  ECDSA_SIG_set0(signature.get(), r.release(), s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return "";
  std::string text(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::string Coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  std::string bytes(kHalf, '\0');
  if (EVP_PKEY_get_bn_param(key, name, &number) == 1) BN_bn2binpad(number, Bytes(bytes), kHalf);
  BN_free(number);
  return crypto::Base64Url(bytes);
}

}  // namespace

absl::StatusOr<SigningKey> SigningKey::Checked(EVP_PKEY* key) {
  std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
  if (!OnP256(owned.get())) return absl::InvalidArgumentError("not a PEM key on the curve P-256");
  return SigningKey(std::move(owned));
}

absl::StatusOr<SigningKey> SigningKey::FromPrivatePem(std::string_view pem) {
  return Checked(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassword, nullptr));
}

absl::StatusOr<SigningKey> SigningKey::FromPublicPem(std::string_view pem) {
  return Checked(PEM_read_bio_PUBKEY(Reader(pem).get(), nullptr, NoPassword, nullptr));
}

absl::StatusOr<std::string> SigningKey::Sign(std::string_view message) const {
  const Digest digest(EVP_MD_CTX_new());
  std::string der(128, '\0');
  size_t size = der.size();
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(digest.get(), Bytes(der), &size, Bytes(message), message.size()) != 1) {
    return absl::InternalError("signing failed");
  }
  const unsigned char* begin = Bytes(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(size)));
  if (signature == nullptr) return absl::InternalError("signing failed");
  return ToRaw(signature.get());
}

bool SigningKey::Verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != 2 * kHalf) return false;
  const std::string der = ToDer(signature);
  const Digest digest(EVP_MD_CTX_new());
  return digest != nullptr && EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(digest.get(), Bytes(der), der.size(), Bytes(message), message.size()) == 1;
}

std::string SigningKey::X() const { return Coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X); }
std::string SigningKey::Y() const { return Coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y); }

std::string SigningKey::Id(std::string_view service) const {
  const std::string jwk = R"({"crv":"P-256","kty":"EC","x":")" + X() + R"(","y":")" + Y() + R"("})";
  const std::string thumbprint = crypto::Base64Url(crypto::Sha256(jwk));
  return std::string(service) + "-" + thumbprint.substr(0, kIdSize);
}

}  // namespace wenming::auth
