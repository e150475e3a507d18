#include "common/crypto/data_cipher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/keys.h"

namespace wenming::crypto {
namespace {

constexpr char kAes256Gcm = 1;
constexpr size_t kKeySize = 32;
constexpr size_t kHeaderSize = 3;
constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;
static_assert(kHeaderSize + kNonceSize + kTagSize == DataCipher::kOverhead);

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* Bytes(char* data) { return reinterpret_cast<unsigned char*>(data); }
const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

// Begins an operation with key, nonce and the associated data: the envelope's header, then the caller's.
Context Begin(bool encrypt, const std::string& key, std::string_view nonce, std::string_view header,
              std::string_view aad) {
  Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int size = 0;
  if (context == nullptr ||
      EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce), encrypt) != 1 ||
      EVP_CipherUpdate(context.get(), nullptr, &size, Bytes(header), Size(header)) != 1 ||
      EVP_CipherUpdate(context.get(), nullptr, &size, Bytes(aad), Size(aad)) != 1) {
    return Context(nullptr, EVP_CIPHER_CTX_free);
  }
  return context;
}

}  // namespace

DataCipher::DataCipher(std::string path, Keys keys, RandomSource random)
    : path_(std::move(path)), holder_(std::make_unique<Holder>()), random_(std::move(random)) {
  const absl::MutexLock lock(&holder_->mutex);
  holder_->keys = std::make_shared<const Keys>(std::move(keys));
}

absl::StatusOr<DataCipher> DataCipher::Load(const std::string& keys_dir, RandomSource random) {
  std::string path = keys_dir + "/data.key";
  absl::StatusOr<Keys> keys = Read(path);
  if (!keys.ok()) return keys.status();
  return DataCipher(std::move(path), *std::move(keys), std::move(random));
}

absl::StatusOr<bool> DataCipher::Reload() {
  absl::StatusOr<Keys> read = Read(path_);
  if (!read.ok()) return read.status();
  if (*read == *keys()) return false;
  auto fresh = std::make_shared<const Keys>(*std::move(read));
  const absl::MutexLock lock(&holder_->mutex);
  holder_->keys.swap(fresh);
  return true;
}

absl::StatusOr<DataCipher::Keys> DataCipher::Read(const std::string& path) {
  absl::StatusOr<std::string> content = ReadSecretFile(path);
  if (!content.ok()) return content.status();
  Keys keys;
  for (absl::string_view line : absl::StrSplit(*content, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    if (absl::Status added = AddKey(line, path, keys); !added.ok()) return added;
  }
  if (keys.current == 0) return absl::InvalidArgumentError(absl::StrCat(path, " holds no key that encrypts"));
  return keys;
}

// "2:9f86…", "~2:9f86…" or "9f86…" into `keys`.
absl::Status DataCipher::AddKey(absl::string_view line, const std::string& path, Keys& keys) {
  const bool known_only = absl::ConsumePrefix(&line, "~");
  int generation = 1;
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 1));
  const bool numbered = absl::StrContains(line, ":");
  if (numbered && (!absl::SimpleAtoi(parts.first, &generation) || generation < 1 || generation > 0xFFFF)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": a generation is a number from 1 to 65535"));
  }
  const absl::string_view hex = numbered ? parts.second : parts.first;
  absl::StatusOr<std::string> key = ParseHexKey({hex.data(), hex.size()}, kKeySize, path);
  if (!key.ok()) return key.status();
  if (key->size() != kKeySize) return absl::InvalidArgumentError(absl::StrCat(path, ": a key has 32 bytes"));
  const auto number = static_cast<uint16_t>(generation);
  if (!keys.by_generation.emplace(number, *std::move(key)).second) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": generation ", generation, " stands there twice"));
  }
  if (!known_only) keys.current = std::max(keys.current, number);
  return absl::OkStatus();
}

std::shared_ptr<const DataCipher::Keys> DataCipher::keys() const {
  const absl::MutexLock lock(&holder_->mutex);
  return holder_->keys;
}

std::vector<uint16_t> DataCipher::Generations() const {
  const auto keys_now = keys();
  std::vector<uint16_t> generations;
  for (const auto& [generation, key] : keys_now->by_generation) generations.push_back(generation);
  return generations;
}

std::string DataCipher::Header(uint16_t generation) {
  return {kAes256Gcm, static_cast<char>(generation >> 8), static_cast<char>(generation & 0xFF)};
}

absl::StatusOr<std::string> DataCipher::Seal(std::string_view plain, std::string_view aad) const {
  const auto keys_now = keys();
  const std::string header = Header(keys_now->current);
  const std::string nonce = random_(kNonceSize);
  const Context context = Begin(true, keys_now->by_generation.at(keys_now->current), nonce, header, aad);

  std::string envelope = header + nonce;
  const size_t begin = envelope.size();
  envelope.resize(begin + plain.size() + kTagSize);
  char* const tag = envelope.data() + begin + plain.size();
  int size = 0;
  if (context == nullptr ||
      EVP_CipherUpdate(context.get(), Bytes(envelope.data() + begin), &size, Bytes(plain), Size(plain)) != 1 ||
      EVP_CipherFinal_ex(context.get(), Bytes(tag), &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag) != 1) {
    return absl::InternalError("encryption failed");
  }
  return envelope;
}

absl::StatusOr<std::string> DataCipher::Open(std::string_view envelope, std::string_view aad) const {
  const std::optional<uint16_t> generation = GenerationOf(envelope);
  if (!generation.has_value()) return absl::DataLossError("this is no envelope of encrypted data");
  const auto keys_now = keys();
  const auto key = keys_now->by_generation.find(*generation);
  if (key == keys_now->by_generation.end())
    return absl::DataLossError(absl::StrCat("no data key of generation ", *generation));

  const std::string_view header = envelope.substr(0, kHeaderSize);
  const std::string_view nonce = envelope.substr(kHeaderSize, kNonceSize);
  const std::string_view sealed = envelope.substr(kHeaderSize + kNonceSize, envelope.size() - DataCipher::kOverhead);
  std::string tag(envelope.substr(envelope.size() - kTagSize));
  const Context context = Begin(false, key->second, nonce, header, aad);

  std::string plain(sealed.size(), '\0');
  int size = 0;
  if (context == nullptr ||
      EVP_CipherUpdate(context.get(), Bytes(plain.data()), &size, Bytes(sealed), Size(sealed)) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) != 1 ||
      EVP_CipherFinal_ex(context.get(), Bytes(tag.data()), &size) != 1) {
    return absl::DataLossError("encrypted data was altered or stands in another row");
  }
  return plain;
}

std::optional<uint16_t> DataCipher::GenerationOf(std::string_view envelope) {
  if (envelope.size() < kOverhead || envelope[0] != kAes256Gcm) return std::nullopt;
  return static_cast<uint16_t>(Bytes(envelope)[1] << 8 | Bytes(envelope)[2]);
}

}  // namespace wenming::crypto
