#include "volunteer_svc/certificates/certificate_keys.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"

namespace wenming::volunteer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "certificate";
constexpr std::string_view kSign = ".sign.pem";
constexpr std::string_view kPublic = ".public.pem";
constexpr size_t kKeySize = 32, kSignatureSize = 64, kIdSize = 12;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// The files with that ending, newest generation first; NOT_FOUND where there is none.
using Files = std::map<uint32_t, std::string, std::greater<>>;
absl::StatusOr<Files> FilesIn(const std::string& folder, std::string_view ending) {
  Files files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (const auto generation = crypto::GenerationOf(entry->path().filename().string(), kName, ending)) {
      files.emplace(*generation, entry->path().string());
    }
  }
  if (error) return absl::FailedPreconditionError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  if (files.empty()) {
    return absl::NotFoundError(absl::StrCat("no ", std::string(kName), std::string(ending), " in ", folder));
  }
  return files;
}

absl::StatusOr<Key> Checked(EVP_PKEY* key, const std::string& path) {
  Key owned(key);
  if (owned == nullptr || EVP_PKEY_is_a(owned.get(), "ED25519") != 1) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no Ed25519 key in PEM"));
  }
  return owned;
}

std::unique_ptr<BIO, decltype(&BIO_free)> Reader(std::string_view pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

// Keeps OpenSSL from asking on the terminal for the password of an encrypted key.
int NoPassword(char*, int, int, void*) { return -1; }

absl::StatusOr<Key> PublicKeyIn(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(file), {}};
  return Checked(PEM_read_bio_PUBKEY(Reader(pem).get(), nullptr, NoPassword, nullptr), path);
}

absl::StatusOr<Key> SigningKeyIn(const std::string& folder) {
  const auto files = FilesIn(folder, kSign);
  if (!files.ok()) return files.status();
  const std::string& path = files->begin()->second;
  const auto pem = crypto::ReadSecretFile(path);
  if (!pem.ok()) return pem.status();
  auto key = Checked(PEM_read_bio_PrivateKey(Reader(*pem).get(), nullptr, NoPassword, nullptr), path);
  if (!key.ok()) return key;
  // Without the other half among those that are published, nobody could verify what it signs.
  const std::string other = absl::StrCat(path.substr(0, path.size() - kSign.size()), std::string(kPublic));
  const auto published = PublicKeyIn(other);
  if (published.ok() && EVP_PKEY_eq(published->get(), key->get()) == 1) return key;
  return absl::FailedPreconditionError(absl::StrCat(other, " is not the public half of ", path));
}

// In base64url.
std::string PublicHalf(const EVP_PKEY& key) {
  std::string raw(kKeySize, '\0');
  size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(&key, Bytes(raw), &size);
  return crypto::Base64Url(raw);
}

// "certificate-" and the first 12 characters of the key's thumbprint (RFC 7638, RFC 8037 appendix A.3).
std::string IdOf(std::string_view x) {
  const std::string jwk = absl::StrCat(R"({"crv":"Ed25519","kty":"OKP","x":")", std::string(x), R"("})");
  return absl::StrCat(std::string(kName), "-", crypto::Base64Url(crypto::Sha256(jwk)).substr(0, kIdSize));
}

}  // namespace

absl::StatusOr<std::string> CertificateKeys::Sign(std::string_view payload) const {
  const auto key = SigningKeyIn(folder_);
  if (!key.ok()) return key.status();
  const std::string header = absl::StrCat(R"({"alg":"EdDSA","cty":"json","kid":")", IdOf(PublicHalf(**key)), R"("})");
  const std::string message = crypto::Base64Url(header) + "." + crypto::Base64Url(payload);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key->get()) != 1 ||
      EVP_DigestSign(digest.get(), Bytes(signature), &size, Bytes(message), message.size()) != 1) {
    return absl::InternalError("signing failed");
  }
  return message + "." + crypto::Base64Url(signature);
}

absl::StatusOr<std::vector<v1::CertificateKey>> CertificateKeys::Public() const {
  const auto files = FilesIn(folder_, kPublic);
  if (!files.ok()) return files.status();
  std::vector<v1::CertificateKey> keys;
  for (const auto& [generation, path] : *files) {
    const auto key = PublicKeyIn(path);
    if (!key.ok()) return key.status();
    v1::CertificateKey& jwk = keys.emplace_back();
    jwk.set_kty("OKP");
    jwk.set_crv("Ed25519");
    jwk.set_x(PublicHalf(**key));
    jwk.set_kid(IdOf(jwk.x()));
    jwk.set_alg("EdDSA");
    jwk.set_use("sig");
  }
  return keys;
}

absl::StatusOr<std::string> PayloadOf(std::string_view statement) {
  const size_t first = statement.find('.');
  const size_t second = first == statement.npos ? first : statement.find('.', first + 1);
  if (second != statement.npos) {
    if (auto payload = crypto::FromBase64Url(statement.substr(first + 1, second - first - 1))) return *payload;
  }
  return absl::DataLossError("the statement of a certificate");
}

std::string FingerprintOf(std::string_view statement) {
  const std::string hex = absl::AsciiStrToUpper(crypto::Hex(crypto::Sha256(statement).substr(0, 8)));
  return absl::StrFormat("%s-%s-%s-%s", hex.substr(0, 4), hex.substr(4, 4), hex.substr(8, 4), hex.substr(12, 4));
}

}  // namespace wenming::volunteer
