#include "common/auth/password_hasher.h"

#include <argon2.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wenming::auth {
namespace {

using ::testing::StartsWith;

const PasswordHasher::Cost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

TEST(PasswordHasher, CostsWhatOwaspAsksFor) {
  const PasswordHasher hasher;
  const auto encoded = hasher.Hash("correct horse");
  ASSERT_TRUE(encoded.ok()) << encoded.status();
  EXPECT_THAT(*encoded, StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_LE(encoded->size(), 128u);
  EXPECT_TRUE(hasher.Verify(*encoded, "correct horse"));
  EXPECT_FALSE(hasher.Verify(*encoded, "correct horsf"));
  EXPECT_FALSE(hasher.NeedsRehash(*encoded));
}

TEST(PasswordHasher, VerifiesWhatTheReferenceImplementationMade) {
  // From test.c of phc-winner-argon2.
  const std::string encoded = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  EXPECT_TRUE(PasswordHasher().Verify(encoded, "password"));
  EXPECT_FALSE(PasswordHasher().Verify(encoded, "Password"));
  EXPECT_TRUE(PasswordHasher().NeedsRehash(encoded));
}

TEST(PasswordHasher, TakesEveryPasswordWhole) {
  const PasswordHasher hasher(kCheap, crypto::RandomBytes);
  const std::string long_password(1000, 'x');
  for (const std::string& password :
       {std::string("p"), std::string("口令一二三四"), std::string("a\0b", 3), long_password}) {
    const std::string encoded = *hasher.Hash(password);
    EXPECT_TRUE(hasher.Verify(encoded, password));
    EXPECT_FALSE(hasher.Verify(encoded, password + "x"));
    EXPECT_FALSE(hasher.Verify(encoded, password.substr(0, password.size() - 1)));
    EXPECT_FALSE(hasher.Verify(encoded, ""));
  }
}

TEST(PasswordHasher, SaltsEachHash) {
  const PasswordHasher hasher(kCheap, crypto::RandomBytes);
  EXPECT_NE(*hasher.Hash("same"), *hasher.Hash("same"));
  const PasswordHasher fixed(kCheap, [](size_t size) { return std::string(size, 's'); });
  EXPECT_EQ(*fixed.Hash("same"), *fixed.Hash("same"));
}

TEST(PasswordHasher, VerifiesNothingAgainstAMalformedHash) {
  const PasswordHasher hasher(kCheap, crypto::RandomBytes);
  const std::string encoded = *hasher.Hash("p");
  for (const std::string& bad :
       {std::string(), std::string("p"), std::string("$argon2id$"), encoded.substr(0, encoded.size() / 2),
        "x" + encoded, encoded + "!", "$argon2i" + encoded.substr(sizeof("$argon2id") - 1)}) {
    EXPECT_FALSE(hasher.Verify(bad, "p")) << bad;
  }
}

// Equal work by being the same work: same cost, same shape, and whole enough to be decoded.
TEST(PasswordHasher, AnUnknownAccountIsAsMuchWorkAsAWrongPassword) {
  const PasswordHasher hasher(kCheap, crypto::RandomBytes);
  const std::string real = *hasher.Hash("p");
  const std::string dummy = hasher.DummyHash();
  EXPECT_FALSE(hasher.NeedsRehash(dummy));
  EXPECT_EQ(dummy.size(), real.size());
  EXPECT_EQ(argon2id_verify(real.c_str(), "q", 1), ARGON2_VERIFY_MISMATCH);
  EXPECT_EQ(argon2id_verify(dummy.c_str(), "q", 1), ARGON2_VERIFY_MISMATCH);
}

}  // namespace
}  // namespace wenming::auth
