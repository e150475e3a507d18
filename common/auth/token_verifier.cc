#include "common/auth/token_verifier.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"

namespace wenming::auth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".verify.pem";
constexpr size_t kMaxTokenSize = 4096;
constexpr int64_t kLeeway = 60;  // seconds that the issuer's clock may be ahead

struct Parts {
  std::string header, claims, signature;
  std::string_view signed_text;
};

std::optional<Parts> Split(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = token.find('.', first == token.npos ? first : first + 1);
  if (second == token.npos) return std::nullopt;
  // A third dot is no character of base64url, so that it fails below.
  const auto header = crypto::FromBase64Url(token.substr(0, first));
  const auto claims = crypto::FromBase64Url(token.substr(first + 1, second - first - 1));
  const auto signature = crypto::FromBase64Url(token.substr(second + 1));
  if (!header.has_value() || !claims.has_value() || !signature.has_value()) return std::nullopt;
  return Parts{*header, *claims, *signature, token.substr(0, second)};
}

absl::StatusOr<SigningKey> LoadPublicKey(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(file), {}};
  absl::StatusOr<SigningKey> key = SigningKey::FromPublicPem(pem);
  if (!key.ok()) return absl::Status(key.status().code(), absl::StrCat(path.string(), ": ", key.status().message()));
  return key;
}

}  // namespace

absl::StatusOr<TokenVerifier::Keyring> TokenVerifier::Read(const std::string& keys_dir) {
  Keyring keys;
  std::error_code error;
  for (fs::directory_iterator entry(keys_dir, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.ends_with(kSuffix)) continue;
    absl::StatusOr<SigningKey> key = LoadPublicKey(entry->path());
    if (!key.ok()) return key.status();
    const std::string service = name.substr(0, name.find('.'));
    keys.emplace(key->Id(service), Key{service, *key});
  }
  if (error) return absl::FailedPreconditionError(absl::StrCat("cannot read ", keys_dir, ": ", error.message()));
  if (keys.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("no *", std::string(kSuffix), " in ", keys_dir));
  }
  return keys;
}

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Load(const std::string& keys_dir) {
  absl::StatusOr<Keyring> keys = Read(keys_dir);
  if (!keys.ok()) return keys.status();
  return std::unique_ptr<TokenVerifier>(new TokenVerifier(keys_dir, *std::move(keys)));
}

absl::StatusOr<bool> TokenVerifier::Reload() {
  absl::StatusOr<Keyring> keys = Read(keys_dir_);
  if (!keys.ok()) return keys.status();
  // An id is a digest of its key.
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::ranges::equal(*keys, Current()->keys, same)) return false;
  auto state = std::make_shared<State>(*std::move(keys));
  const std::unique_lock lock(mutex_);
  state_ = std::move(state);
  return true;
}

std::vector<TokenVerifier::PublicKey> TokenVerifier::Keys() const {
  std::vector<PublicKey> keys;
  const std::shared_ptr<State> state = Current();
  for (const auto& [id, key] : state->keys) keys.push_back({id, key.key.X(), key.key.Y()});
  return keys;
}

std::shared_ptr<TokenVerifier::State> TokenVerifier::Current() const {
  const std::shared_lock lock(mutex_);
  return state_;
}

std::optional<Claims> TokenVerifier::Authentic(const Keyring& keys, std::string_view token) {
  if (token.size() > kMaxTokenSize) return std::nullopt;
  const std::optional<Parts> parts = Split(token);
  if (!parts.has_value()) return std::nullopt;
  const std::optional<std::string> key_id = ParseHeader(parts->header);
  if (!key_id.has_value()) return std::nullopt;
  const auto key = keys.find(*key_id);
  if (key == keys.end() || !key->second.key.Verify(parts->signed_text, parts->signature)) return std::nullopt;
  std::optional<Claims> claims = ParseClaims(parts->claims);
  if (!claims.has_value() || claims->service != key->second.service) return std::nullopt;
  return claims;
}

absl::StatusOr<Caller> TokenVerifier::Verify(std::string_view token, absl::Time now) const {
  const std::shared_ptr<State> state = Current();
  std::shared_ptr<const Claims> claims = state->cache.Find(token);
  if (claims == nullptr) {
    std::optional<Claims> authentic = Authentic(state->keys, token);
    if (!authentic.has_value()) return errors::Unauthenticated(type::REASON_TOKEN_INVALID);
    claims = std::make_shared<const Claims>(*std::move(authentic));
    state->cache.Insert(token, claims);
  }
  // The text was good; whether it is good now is asked each time.
  const int64_t seconds = absl::ToUnixSeconds(now);
  if (seconds >= claims->expires_at) return errors::Unauthenticated(type::REASON_TOKEN_EXPIRED);
  if (seconds < claims->not_before - kLeeway) return errors::Unauthenticated(type::REASON_TOKEN_INVALID);
  return claims->caller;
}

}  // namespace wenming::auth
