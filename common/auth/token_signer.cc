#include "common/auth/token_signer.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/auth/claims.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"

namespace wenming::auth {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTokenIdSize = 12;
constexpr std::string_view kSuffix = ".sign.pem";

// The path of the highest generation; that without one where there is none at all, so that the error names it.
std::string PathOf(const std::string& keys_dir, const std::string& service) {
  std::string path = absl::StrCat(keys_dir, "/", service, std::string(kSuffix));
  uint32_t highest = 0;
  std::error_code error;
  for (fs::directory_iterator entry(keys_dir, error), end; !error && entry != end; entry.increment(error)) {
    const auto generation = crypto::GenerationOf(entry->path().filename().string(), service, kSuffix);
    if (!generation.has_value() || *generation < highest) continue;
    highest = *generation;
    path = entry->path().string();
  }
  return path;
}

}  // namespace

struct TokenSigner::Shared {
  const std::string keys_dir, service;
  const crypto::RandomSource random;
  mutable std::mutex mutex;
  std::shared_ptr<const Key> key;
  std::string candidate;  // the id of a key that was found but does not sign yet
  absl::Time found = absl::InfinitePast();

  std::shared_ptr<const Key> Current() const {
    const std::lock_guard lock(mutex);
    return key;
  }
};

TokenSigner::TokenSigner(std::string keys_dir, std::string service, Key key, crypto::RandomSource random)
    : shared_(new Shared{.keys_dir = std::move(keys_dir),
                         .service = std::move(service),
                         .random = std::move(random),
                         .mutex = {},
                         .key = std::make_shared<const Key>(std::move(key)),
                         .candidate = {}}) {}

absl::StatusOr<TokenSigner::Key> TokenSigner::Read(const std::string& keys_dir, const std::string& service) {
  const std::string path = PathOf(keys_dir, service);
  absl::StatusOr<std::string> pem = crypto::ReadSecretFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<SigningKey> key = SigningKey::FromPrivatePem(*pem);
  if (!key.ok()) return absl::Status(key.status().code(), absl::StrCat(path, ": ", key.status().message()));
  return Key{key->Id(service), *std::move(key)};
}

absl::StatusOr<TokenSigner> TokenSigner::Load(const std::string& keys_dir, std::string_view service,
                                              crypto::RandomSource random) {
  std::string name(service);
  absl::StatusOr<Key> key = Read(keys_dir, name);
  if (!key.ok()) return key.status();
  return TokenSigner(keys_dir, std::move(name), *std::move(key), std::move(random));
}

absl::StatusOr<bool> TokenSigner::Reload(absl::Time now) {
  absl::StatusOr<Key> key = Read(shared_->keys_dir, shared_->service);
  if (!key.ok()) return key.status();
  const std::lock_guard lock(shared_->mutex);
  if (key->id == shared_->key->id) {
    shared_->candidate.clear();
    return false;
  }
  if (key->id != shared_->candidate) {
    shared_->candidate = key->id;
    shared_->found = now;
  }
  if (now - shared_->found < kSettling) return false;
  shared_->key = std::make_shared<const Key>(*std::move(key));
  shared_->candidate.clear();
  return true;
}

absl::StatusOr<AccessToken> TokenSigner::Sign(const Caller& caller, absl::Time now, absl::Duration lifetime) const {
  if (!MayVouch(shared_->service, caller)) {
    return absl::InvalidArgumentError(absl::StrCat(shared_->service, " may not vouch for \"", caller.subject, "\""));
  }
  const std::shared_ptr<const Key> key = shared_->Current();
  const int64_t issued_at = absl::ToUnixSeconds(now);
  const int64_t expires_at = absl::ToUnixSeconds(now + lifetime);
  const std::string claims = ClaimsJson({.caller = caller,
                                         .service = shared_->service,
                                         .issued_at = issued_at,
                                         .not_before = issued_at,
                                         .expires_at = expires_at,
                                         .token_id = crypto::Base64Url(shared_->random(kTokenIdSize))});
  const std::string message = crypto::Base64Url(HeaderJson(key->id)) + "." + crypto::Base64Url(claims);
  absl::StatusOr<std::string> signature = key->key.Sign(message);
  if (!signature.ok()) return signature.status();
  return AccessToken{message + "." + crypto::Base64Url(*signature), absl::FromUnixSeconds(expires_at)};
}

std::string TokenSigner::key_id() const { return shared_->Current()->id; }

}  // namespace wenming::auth
