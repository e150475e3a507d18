#include "common/auth/signing_key.h"

#include <gtest/gtest.h>

#include "common/crypto/digest.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::auth {
namespace {

// The key and the token of RFC 7515, appendix A.3.
constexpr char kRfcPublicPem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kRfcMessage[] =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr char kRfcSignature[] =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(SigningKey, VerifiesTheExampleOfTheStandard) {
  const auto key = SigningKey::FromPublicPem(kRfcPublicPem);
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string signature = *crypto::FromBase64Url(kRfcSignature);
  EXPECT_TRUE(key->Verify(kRfcMessage, signature));
  EXPECT_FALSE(key->Verify(std::string(kRfcMessage) + "x", signature));
  EXPECT_FALSE(key->Verify(kRfcMessage, signature + "x"));
  EXPECT_FALSE(key->Verify(kRfcMessage, signature.substr(1)));
  EXPECT_FALSE(key->Verify(kRfcMessage, ""));
}

TEST(SigningKey, IsNamedByItsThumbprint) {
  // By Node's crypto module: "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U".
  EXPECT_EQ(SigningKey::FromPublicPem(kRfcPublicPem)->Id("org_svc"), "org_svc-oKIywvGUpTVT");
}

TEST(SigningKey, WhatOneHalfSignsTheOtherVerifies) {
  const KeyPair pair = NewKeyPair();
  const auto secret = SigningKey::FromPrivatePem(pair.private_pem);
  const auto open = SigningKey::FromPublicPem(pair.public_pem);
  ASSERT_TRUE(secret.ok() && open.ok());
  EXPECT_EQ(secret->Id("a"), open->Id("a"));
  // Often enough that r and s are shorter than 32 bytes now and then.
  for (int i = 0; i < 1000; ++i) {
    const std::string message = std::to_string(i);
    const auto signature = secret->Sign(message);
    ASSERT_TRUE(signature.ok());
    ASSERT_EQ(signature->size(), 64u);
    ASSERT_TRUE(open->Verify(message, *signature)) << i;
  }
  EXPECT_FALSE(SigningKey::FromPublicPem(NewKeyPair().public_pem)->Verify("0", *secret->Sign("0")));
}

TEST(SigningKey, RefusesSignaturesOutsideOfTheCurve) {
  const auto key = SigningKey::FromPublicPem(kRfcPublicPem);
  const std::string zero(32, '\0'), one = std::string(31, '\0') + '\1', big(32, '\xff');
  for (const std::string& r : {zero, one, big}) {
    for (const std::string& s : {zero, one, big}) EXPECT_FALSE(key->Verify(kRfcMessage, r + s));
  }
}

TEST(SigningKey, RefusesWhatIsNoKeyOnP256) {
  const KeyPair pair = NewKeyPair(), other_curve = NewKeyPair("P-384"), bitcoin = NewKeyPair("secp256k1");
  for (const std::string& pem : {std::string(), std::string("-----BEGIN PUBLIC KEY-----"), pair.private_pem,
                                 other_curve.public_pem, bitcoin.public_pem}) {
    EXPECT_EQ(SigningKey::FromPublicPem(pem).status().code(), absl::StatusCode::kInvalidArgument) << pem;
  }
  for (const std::string& pem : {std::string(), pair.public_pem, other_curve.private_pem, bitcoin.private_pem}) {
    EXPECT_EQ(SigningKey::FromPrivatePem(pem).status().code(), absl::StatusCode::kInvalidArgument) << pem;
  }
}

TEST(SigningKey, ThePublicHalfCannotSign) {
  EXPECT_EQ(SigningKey::FromPublicPem(kRfcPublicPem)->Sign("x").status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace wenming::auth
