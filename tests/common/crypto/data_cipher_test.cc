#include "common/crypto/data_cipher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKey[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr char kOtherKey[] = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr char kRow[] = "volunteers/01J5ZC0QX8V3M#phone";

class DataCipherTest : public ::testing::Test {
 protected:
  absl::StatusOr<DataCipher> Load(const std::string& content, RandomSource random = RandomBytes) {
    folder_.Write("data.key", content);
    return DataCipher::Load(folder_.path(), std::move(random));
  }

  auth::KeyFolder folder_{{}};
};

TEST_F(DataCipherTest, WritesTheEnvelopeThatAnotherImplementationComputed) {
  const auto cipher = Load(kKey, [](size_t size) { return std::string(size, 'n'); });
  ASSERT_TRUE(cipher.ok()) << cipher.status();
  const auto envelope = cipher->Seal("13812341234", kRow);
  ASSERT_TRUE(envelope.ok());
  // By Node's crypto module.
  EXPECT_EQ(Hex(*envelope), "0100016e6e6e6e6e6e6e6e6e6e6e6e96682f58876f83ce591f5e6d82d1a72bd0fc13a614a18eb0be8755");
}

TEST_F(DataCipherTest, OpensWhatItSealed) {
  const auto cipher = Load(kKey);
  for (const std::string& plain :
       {std::string(), std::string("王小明"), std::string(1, '\0'), std::string(100000, 'x')}) {
    const auto envelope = cipher->Seal(plain, kRow);
    ASSERT_TRUE(envelope.ok());
    EXPECT_EQ(envelope->size(), plain.size() + DataCipher::kOverhead);
    const auto opened = cipher->Open(*envelope, kRow);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, plain);
  }
}

TEST_F(DataCipherTest, NeverWritesTheSameEnvelopeTwice) {
  const auto cipher = Load(kKey);
  EXPECT_NE(*cipher->Seal("13812341234", kRow), *cipher->Seal("13812341234", kRow));
}

TEST_F(DataCipherTest, RefusesAnEnvelopeInAnotherRow) {
  const auto cipher = Load(kKey);
  const std::string envelope = *cipher->Seal("13812341234", kRow);
  for (const char* row : {"volunteers/01J5ZC0QX8V3N#phone", "volunteers/01J5ZC0QX8V3M#id_number", ""}) {
    EXPECT_EQ(cipher->Open(envelope, row).status().code(), absl::StatusCode::kDataLoss) << row;
  }
}

TEST_F(DataCipherTest, RefusesEveryFlippedBitAndEveryOtherLength) {
  const auto cipher = Load(kKey + std::string("\n2:") + kOtherKey);
  const std::string envelope = *cipher->Seal("13812341234", kRow);
  for (size_t bit = 0; bit < envelope.size() * 8; ++bit) {
    std::string altered = envelope;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
    const absl::Status status = cipher->Open(altered, kRow).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << "bit " << bit;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("1381")));
  }
  for (size_t size = 0; size < envelope.size(); ++size) {
    EXPECT_EQ(cipher->Open(envelope.substr(0, size), kRow).status().code(), absl::StatusCode::kDataLoss) << size;
  }
  EXPECT_FALSE(cipher->Open(envelope + "x", kRow).ok());
}

TEST_F(DataCipherTest, TheNewestGenerationSealsAndAllOfThemOpen) {
  const auto before = Load(kKey);
  const std::string old_envelope = *before->Seal("old", kRow);
  EXPECT_EQ(before->CurrentGeneration(), 1);

  // The order of the lines does not matter.
  const auto during = Load(std::string("300:") + kOtherKey + "\n\n1:" + kKey + "\n");
  ASSERT_TRUE(during.ok()) << during.status();
  EXPECT_EQ(during->CurrentGeneration(), 300);
  const std::string new_envelope = *during->Seal("new", kRow);
  EXPECT_EQ(*during->Open(old_envelope, kRow), "old");
  EXPECT_EQ(*during->Open(new_envelope, kRow), "new");
  EXPECT_EQ(DataCipher::GenerationOf(old_envelope), 1);
  EXPECT_EQ(DataCipher::GenerationOf(new_envelope), 300);
  EXPECT_EQ(DataCipher::GenerationOf("13812341234"), std::nullopt);

  const auto after = Load(std::string("300:") + kOtherKey);
  EXPECT_EQ(*after->Open(new_envelope, kRow), "new");
  EXPECT_THAT(std::string(after->Open(old_envelope, kRow).status().message()), HasSubstr("generation 1"));
}

TEST_F(DataCipherTest, RefusesUnusableKeyFiles) {
  const std::string key = kKey;
  for (const std::string& content :
       {std::string("\n"), std::string("abcd"), key + "00", key.substr(1), "0:" + key, "65536:" + key, "x:" + key,
        ":" + key, "1:2:" + key, key + "\n1:" + key, "2:" + key + "\n2:" + key, std::string("7:"), key + " " + key}) {
    const absl::Status status = Load(content).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << content;
    EXPECT_THAT(std::string(status.message()), HasSubstr("data.key"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("0102030405")));
  }
}

TEST_F(DataCipherTest, ReadsItsKeysAgainWhileItWorks) {
  auto cipher = Load(kKey);
  ASSERT_TRUE(cipher.ok()) << cipher.status();
  EXPECT_FALSE(*cipher->Reload());
  const auto old = cipher->Seal("13812341234", kRow);

  // A key that is only to be known decrypts and does not encrypt.
  folder_.Write("data.key", absl::StrCat(kKey, "\n~2:", kOtherKey, "\n"));
  EXPECT_TRUE(*cipher->Reload());
  EXPECT_EQ(cipher->CurrentGeneration(), 1);
  EXPECT_EQ(cipher->Generations(), (std::vector<uint16_t>{1, 2}));

  folder_.Write("data.key", absl::StrCat(kKey, "\n2:", kOtherKey, "\n"));
  EXPECT_TRUE(*cipher->Reload());
  const auto fresh = cipher->Seal("13812341234", kRow);
  EXPECT_EQ(DataCipher::GenerationOf(*fresh), 2);
  EXPECT_EQ(fresh->substr(0, 3), DataCipher::Header(2));
  for (const auto& envelope : {*old, *fresh}) EXPECT_EQ(*cipher->Open(envelope, kRow), "13812341234");

  // What cannot be used changes nothing.
  folder_.Write("data.key", absl::StrCat("~2:", kOtherKey));
  EXPECT_FALSE(cipher->Reload().ok());
  folder_.Write("data.key", "2:half");
  EXPECT_FALSE(cipher->Reload().ok());
  EXPECT_EQ(*cipher->Open(*old, kRow), "13812341234");
}

}  // namespace
}  // namespace wenming::crypto
