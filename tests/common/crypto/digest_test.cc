#include "common/crypto/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "common/crypto/random.h"

namespace wenming::crypto {
namespace {

TEST(Digest, MatchesPublishedVectors) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, cases 2 and 6.
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, AnEmptyKeyIsAKeyAndNotTheOneBefore) {
  const std::string empty = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(Hex(HmacSha256(std::string_view(), "")), empty);
  HmacSha256("another key", "text");
  EXPECT_EQ(Hex(HmacSha256(std::string_view(), "")), empty);
}

TEST(Digest, ComparesWholeStrings) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "ab"));
  EXPECT_FALSE(ConstantTimeEquals(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST(Base64Url, WritesAndReadsTheVectorsOfRfc4648WithoutPadding) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},        {"f", "Zg"},         {"fo", "Zm8"},
      {"foo", "Zm9v"}, {"foob", "Zm9vYg"},  {"fooba", "Zm9vYmE"},
      {"\xfb", "-w"},  {"\xff\xff", "__8"}, {std::string(1, '\0'), "AA"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(Base64Url(bytes), text);
    EXPECT_EQ(FromBase64Url(text), bytes) << text;
  }
}

TEST(Base64Url, ReadsNothingButTheOneCanonicalText) {
  for (const char* text :
       {"Zg==", "Zg=", "Zh", "Zm9=", "Zm 9v", "Zm9v\n", " Zm9v", "+w", "/w", "Z", "Zm9vY", "Zg.", "Zm9v%", "志愿"}) {
    EXPECT_EQ(FromBase64Url(text), std::nullopt) << text;
  }
}

TEST(RandomBytes, GivesAsManyAsAskedForAndNeverTheSame) {
  EXPECT_EQ(RandomBytes(0), "");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string bytes = RandomBytes(16);
    EXPECT_EQ(bytes.size(), 16u);
    EXPECT_TRUE(seen.insert(bytes).second);
  }
}

}  // namespace
}  // namespace wenming::crypto
