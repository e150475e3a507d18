#include "common/auth/password_hasher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

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

// The least CPU time of a few runs: what else the machine does takes no part in it.
template <typename Function>
double LeastSeconds(Function function) {
  double least = 1e9;
  for (int run = 0; run < 5; ++run) {
    const std::clock_t begin = std::clock();
    function();
    least = std::min(least, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return least;
}

TEST(PasswordHasher, AnUnknownAccountTakesAsLongAsAWrongPassword) {
  const PasswordHasher hasher;
  const std::string encoded = *hasher.Hash("p");
  const double wrong = LeastSeconds([&] { EXPECT_FALSE(hasher.Verify(encoded, "q")); });
  const double unknown = LeastSeconds([&] { EXPECT_FALSE(hasher.VerifyDummy("q")); });
  EXPECT_GT(unknown / wrong, 0.67);
  EXPECT_LT(unknown / wrong, 1.5);
}

}  // namespace
}  // namespace wenming::auth
