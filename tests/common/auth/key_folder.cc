#include "tests/common/auth/key_folder.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/auth/token_signer.h"
#include "common/crypto/digest.h"
#include "common/crypto/random.h"
#include "common/ids/ids.h"

namespace wenming::auth {
namespace {

namespace fs = std::filesystem;

std::string Content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

}  // namespace

namespace {

KeyPair PemOf(EVP_PKEY* made) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> secret(BIO_new(BIO_s_mem()), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> open(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
  EXPECT_EQ(PEM_write_bio_PUBKEY(open.get(), key.get()), 1);
  return {Content(secret.get()), Content(open.get())};
}

}  // namespace

KeyPair NewKeyPair(const char* curve) { return PemOf(EVP_EC_gen(curve)); }

KeyFolder::KeyFolder(std::initializer_list<std::string_view> services) {
  path_ = (fs::temp_directory_path() / "wenming-keys-XXXXXX").string();
  EXPECT_NE(mkdtemp(path_.data()), nullptr);
  for (const std::string_view service : services) AddSigningKey(service);
  for (const std::string_view name : {"data.key", "index.key", "check_code.key", "page.key", "audit.key"}) {
    Write(name, crypto::Hex(crypto::RandomBytes(32)) + "\n");
  }
  AddCertificateKey();
}

KeyFolder::~KeyFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void KeyFolder::Write(std::string_view name, std::string_view content) const {
  const fs::path file = fs::path(path_) / name;
  std::ofstream(file, std::ios::binary) << content;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

std::string KeyFolder::Read(std::string_view name) const {
  std::ifstream file(fs::path(path_) / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void KeyFolder::AddSigningKey(std::string_view service, std::string_view generation) const {
  const KeyPair pair = NewKeyPair();
  const std::string name(service);
  Write(name + ".sign.pem", pair.private_pem);
  Write(generation.empty() ? name + ".verify.pem" : name + "." + std::string(generation) + ".verify.pem",
        pair.public_pem);
}

void KeyFolder::AddCertificateKey(std::string_view generation) const {
  const KeyPair pair = PemOf(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::string name = generation.empty() ? "certificate" : absl::StrCat("certificate.", std::string(generation));
  Write(name + ".sign.pem", pair.private_pem);
  Write(name + ".public.pem", pair.public_pem);
}

Caller StaffCaller(uint64_t id, uint64_t center_id) {
  return {CallerKind::kStaff, id, center_id, ids::ResourceName("staff", id), /*session_id=*/id | 1};
}

Caller VolunteerCaller(uint64_t id, uint64_t center_id) {
  return {CallerKind::kVolunteer, id, center_id, ids::ResourceName("volunteers", id), /*session_id=*/id | 1};
}

Caller ClientCaller(uint64_t id, uint64_t center_id, std::string_view certificate) {
  return {CallerKind::kClient, id, center_id, ids::ResourceName("clients", id), 0, std::string(certificate)};
}

Caller ServiceCaller(std::string_view service) {
  return {CallerKind::kService, 0, 0, "services/" + std::string(service), 0};
}

std::string TokenFor(const KeyFolder& keys, const Caller& caller, absl::Time now, absl::Duration lifetime) {
  const bool by_org_svc = caller.kind == CallerKind::kStaff || caller.kind == CallerKind::kClient;
  const std::string service = by_org_svc                              ? "org_svc"
                              : caller.kind == CallerKind::kVolunteer ? "volunteer_svc"
                                                                      : caller.subject.substr(sizeof("services/") - 1);
  const auto signer = TokenSigner::Load(keys.path(), service);
  EXPECT_TRUE(signer.ok()) << signer.status();
  const auto token = signer->Sign(caller, now, lifetime);
  EXPECT_TRUE(token.ok()) << token.status();
  return token->text;
}

}  // namespace wenming::auth
