#include "common/crypto/blind_index.h"

#include <gtest/gtest.h>

#include "common/crypto/digest.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::crypto {
namespace {

constexpr char kKey[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

TEST(BlindIndex, MatchesAnotherImplementation) {
  const auth::KeyFolder folder({});
  folder.Write("index.key", kKey);
  const auto index = BlindIndex::Load(folder.path());
  ASSERT_TRUE(index.ok()) << index.status();
  // By Node's crypto module.
  EXPECT_EQ(Hex(index->Of("phone", "13812341234")), "5ac63df9505f6e64ae46de9292be8242");
}

TEST(BlindIndex, IsTheSameHoweverTheValueIsWritten) {
  const BlindIndex index(kKey);
  EXPECT_EQ(index.Of("id_number", "11010519491231002x"), index.Of("id_number", "11010519491231002X"));
  EXPECT_EQ(index.Of("phone", "138-1234 1234"), index.Of("phone", "13812341234"));
}

TEST(BlindIndex, DiffersByValuePurposeAndKey) {
  const BlindIndex index(kKey);
  const std::string base = index.Of("phone", "13812341234");
  EXPECT_EQ(base.size(), BlindIndex::kSize);
  EXPECT_NE(base, index.Of("phone", "13812341235"));
  EXPECT_NE(base, index.Of("id_number", "13812341234"));
  EXPECT_NE(base, BlindIndex("another key").Of("phone", "13812341234"));
  EXPECT_NE(index.Of("a", "bc"), index.Of("ab", "c"));
}

}  // namespace
}  // namespace wenming::crypto
