// A rotation of signing keys while tokens are signed and verified: no good token is refused at any moment.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/token_signer.h"
#include "common/auth/token_verifier.h"
#include "common/errors/errors.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

class KeyRotationTest : public ::testing::Test {
 protected:
  // A new generation, as an operator adds it: the public half first.
  void Rotate(int generation) {
    const KeyPair pair = NewKeyPair();
    keys_.Write(absl::StrCat("org_svc.", generation, ".verify.pem"), pair.public_pem);
    keys_.Write(absl::StrCat("org_svc.", generation, ".sign.pem"), pair.private_pem);
  }
  void Remove(const std::string& name) { std::filesystem::remove(keys_.path() + "/" + name); }
  std::string Sign() { return signer_.Sign(StaffCaller(42, 7), kNow, absl::Minutes(10))->text; }

  KeyFolder keys_;
  TokenSigner signer_ = *TokenSigner::Load(keys_.path(), "org_svc");
  std::unique_ptr<TokenVerifier> verifier_ = *TokenVerifier::Load(keys_.path());
};

TEST_F(KeyRotationTest, TheHighestGenerationSignsAfterItHasSettled) {
  const std::string first = signer_.key_id();
  for (const int generation : {2, 10, 9}) Rotate(generation);
  EXPECT_FALSE(*signer_.Reload(kNow));
  EXPECT_FALSE(*signer_.Reload(kNow + TokenSigner::kSettling - absl::Microseconds(1)));
  EXPECT_EQ(signer_.key_id(), first);
  EXPECT_TRUE(*signer_.Reload(kNow + TokenSigner::kSettling));
  EXPECT_FALSE(*signer_.Reload(kNow + 2 * TokenSigner::kSettling));
  EXPECT_EQ(signer_.key_id(), SigningKey::FromPrivatePem(keys_.Read("org_svc.10.sign.pem"))->Id("org_svc"));
  EXPECT_EQ(TokenSigner::Load(keys_.path(), "org_svc")->key_id(), signer_.key_id());
}

TEST_F(KeyRotationTest, ACandidateThatChangesSettlesAnew) {
  Rotate(2);
  EXPECT_FALSE(*signer_.Reload(kNow));
  Rotate(3);
  EXPECT_FALSE(*signer_.Reload(kNow + TokenSigner::kSettling));
  EXPECT_TRUE(*signer_.Reload(kNow + 2 * TokenSigner::kSettling));
}

TEST_F(KeyRotationTest, OnlyOnesOwnFilesCount) {
  const std::string first = signer_.key_id();
  const KeyPair pair = NewKeyPair();
  for (const char* name :
       {"org_svc.x.sign.pem", "org_svc2.sign.pem", "volunteer_svc.7.sign.pem", "org_svc..sign.pem"}) {
    keys_.Write(name, pair.private_pem);
  }
  EXPECT_FALSE(*signer_.Reload(kNow));
  EXPECT_FALSE(*signer_.Reload(kNow + absl::Hours(1)));
  EXPECT_EQ(signer_.key_id(), first);
}

TEST_F(KeyRotationTest, AHalfWrittenFileChangesNothing) {
  const std::string token = Sign();
  const KeyPair pair = NewKeyPair();
  keys_.Write("org_svc.2.verify.pem", pair.public_pem.substr(0, pair.public_pem.size() / 2));
  keys_.Write("org_svc.2.sign.pem", pair.private_pem.substr(0, pair.private_pem.size() / 2));
  EXPECT_FALSE(verifier_->Reload().ok());
  EXPECT_FALSE(signer_.Reload(kNow).ok());
  EXPECT_TRUE(verifier_->Verify(token, kNow).ok());
  EXPECT_TRUE(verifier_->Verify(Sign(), kNow).ok());
  keys_.Write("org_svc.2.verify.pem", pair.public_pem);
  keys_.Write("org_svc.2.sign.pem", pair.private_pem);
  EXPECT_TRUE(*verifier_->Reload());
  EXPECT_FALSE(*verifier_->Reload());
  EXPECT_TRUE(verifier_->Verify(token, kNow).ok());
}

TEST_F(KeyRotationTest, ARemovedKeyIsRefusedAlsoWhereItWasRemembered) {
  Rotate(2);
  ASSERT_TRUE(*verifier_->Reload());
  const std::string token = Sign();
  EXPECT_TRUE(verifier_->Verify(token, kNow).ok());
  Remove("org_svc.verify.pem");
  ASSERT_TRUE(*verifier_->Reload());
  EXPECT_EQ(errors::ReasonOf(verifier_->Verify(token, kNow).status()), type::REASON_TOKEN_INVALID);
}

TEST_F(KeyRotationTest, NoGoodTokenIsRefusedUnderLoad) {
  std::atomic<bool> stop = false;
  std::atomic<int> verified = 0, refused = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      std::string old = Sign();
      while (!stop) {
        const std::string token = Sign();
        for (const std::string& shown : {old, token, token})
          ++(verifier_->Verify(shown, kNow).ok() ? verified : refused);
        old = token;
      }
    });
  }
  // Every process looks each second; here the verifier looks once before the signer takes the new key over.
  absl::Time now = kNow;
  for (int generation = 1; generation <= 8; ++generation) {
    Rotate(generation);
    EXPECT_FALSE(*signer_.Reload(now));
    EXPECT_TRUE(*verifier_->Reload());
    EXPECT_TRUE(*signer_.Reload(now += TokenSigner::kSettling));
    const int so_far = verified;
    while (verified < so_far + 50) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(verifier_->Keys().size(), 3u + 8u);
}

}  // namespace
}  // namespace wenming::auth
