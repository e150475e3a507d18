#include "common/crypto/ed25519.h"

#include <gtest/gtest.h>

#include <string>

#include "common/crypto/digest.h"
#include "common/crypto/keys.h"

namespace wenming::crypto {
namespace {

std::string Bytes(const char* hex) { return *ParseHexKey(hex, 1, "a test"); }

// RFC 8032 section 7.1.
struct Vector {
  const char* seed;
  const char* public_key;
  std::string message;
  const char* signature;
};
const Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "5"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "0"
     "0d291612bb0c00"},
};

TEST(Ed25519, TheVectorsOfTheStandard) {
  for (const Vector& v : kVectors) {
    const std::string seed = Bytes(v.seed);
    EXPECT_EQ(Hex(*Ed25519PublicKey(seed)), v.public_key);
    EXPECT_EQ(Hex(*Ed25519Sign(seed, v.message)), v.signature);
    EXPECT_TRUE(Ed25519Verify(Bytes(v.public_key), v.message, Bytes(v.signature)));
  }
}

TEST(Ed25519, NothingElseVerifies) {
  const std::string seed = Bytes(kVectors[0].seed), other = Bytes(kVectors[1].seed);
  const std::string key = *Ed25519PublicKey(seed);
  const std::string signature = *Ed25519Sign(seed, "a pack");
  ASSERT_TRUE(Ed25519Verify(key, "a pack", signature));
  EXPECT_FALSE(Ed25519Verify(key, "another", signature));
  EXPECT_FALSE(Ed25519Verify(*Ed25519PublicKey(other), "a pack", signature));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string altered = signature;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(Ed25519Verify(key, "a pack", altered)) << i;
  }
  EXPECT_FALSE(Ed25519Verify(key, "a pack", signature.substr(1)));
  EXPECT_FALSE(Ed25519Verify(key.substr(1), "a pack", signature));
  EXPECT_FALSE(Ed25519Sign(seed.substr(1), "a pack").ok());
}

}  // namespace
}  // namespace wenming::crypto
