#include "common/reseal/key_check.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_database.h"

namespace wenming::reseal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
constexpr char kOtherHex[] = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
constexpr int kRows = 30;

// People sealed and indexed by one pair of keys.
class KeyCheckTest : public ::testing::Test {
 protected:
  KeyCheckTest() {
    database_.Administer("CREATE TABLE " + database_.schema() +
                         ".people (id BIGINT UNSIGNED NOT NULL, phone_sealed VARBINARY(100) NOT NULL,"
                         " phone_index BINARY(16) NULL, PRIMARY KEY (id))");
  }

  static std::string PhoneOf(int id) { return absl::StrCat("138001380", id); }
  static std::string PlaceOf(uint64_t id) { return absl::StrCat("people/", id); }

  static crypto::DataCipher CipherOf(const std::string& file) {
    const auth::KeyFolder folder{{}};
    folder.Write("data.key", file);
    return *crypto::DataCipher::Load(folder.path());
  }
  void Fill(const crypto::DataCipher& cipher, int first = 0) {
    for (int id = first; id < first + kRows; ++id) {
      const auto written = db::RunTransaction(database_.pool(), {}, [&](db::Transaction& transaction) {
        // Every other one is found by nothing.
        const db::Value found = id % 2 == 0 ? db::Value(index_.Of("phone", PhoneOf(id))) : db::Value();
        return transaction.Execute("INSERT INTO people VALUES (?, ?, ?)",
                                   {id, *cipher.Seal(PhoneOf(id), PlaceOf(id)), found});
      });
      ASSERT_TRUE(written.ok()) << written.status();
    }
  }
  absl::Status Check(const crypto::DataCipher& cipher, const crypto::BlindIndex& index) {
    return CheckKeys(database_.pool(), cipher, index, {table_}, absl::InfiniteFuture());
  }

  test::TestDatabase database_{common::Migrations()};
  const crypto::BlindIndex index_{"a key of sixteen bytes or more"};
  const crypto::BlindIndex other_index_{"another key of sixteen bytes"};
  const SealedTable table_ = {
      .name = "people",
      .key = {{"id"}},
      .columns = {"phone_sealed"},
      .place = [](const SealedTable::Key& key, std::string_view) { return PlaceOf(std::get<uint64_t>(key[0].data())); },
      .indexes = {{.name = "phone_index", .column = "phone_sealed", .purpose = "phone"}}};
};

TEST_F(KeyCheckTest, AnyKeysServeANewDatabase) { EXPECT_TRUE(Check(CipherOf(kOtherHex), other_index_).ok()); }

TEST_F(KeyCheckTest, TheKeysThatWroteItServe) {
  Fill(CipherOf(kHex));
  EXPECT_TRUE(Check(CipherOf(kHex), index_).ok());
}

TEST_F(KeyCheckTest, AKeyMadeAnewUnderTheSameGenerationIsRefused) {
  Fill(CipherOf(kHex));
  const absl::Status refused = Check(CipherOf(kOtherHex), index_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("data.key"), HasSubstr("generation 1")));
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("138001380")));
}

TEST_F(KeyCheckTest, AnIndexKeyMadeAnewIsRefused) {
  Fill(CipherOf(kHex));
  const absl::Status refused = Check(CipherOf(kHex), other_index_);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("index.key"), Not(HasSubstr("138001380"))));
}

TEST_F(KeyCheckTest, EveryGenerationAtEitherEndMustOpen) {
  const std::string both = absl::StrCat("1:", kHex, "2:", kOtherHex);
  Fill(CipherOf(kHex));
  Fill(CipherOf(both), kRows);
  EXPECT_TRUE(Check(CipherOf(both), index_).ok());
  EXPECT_THAT(std::string(Check(CipherOf(kHex), index_).message()), HasSubstr("generation 2"));
  EXPECT_THAT(std::string(Check(CipherOf(absl::StrCat("2:", kOtherHex)), index_).message()), HasSubstr("generation 1"));
}

TEST_F(KeyCheckTest, ACellThatWasAlteredStopsNobody) {
  Fill(CipherOf(kHex));
  database_.Administer(
      "UPDATE " + database_.schema() +
      ".people SET phone_sealed = CONCAT(LEFT(phone_sealed, 20), 'broken', SUBSTRING(phone_sealed, 27)),"
      " phone_index = REPEAT('x', 16) WHERE id IN (0, 28)");
  EXPECT_TRUE(Check(CipherOf(kHex), index_).ok());
}

TEST_F(KeyCheckTest, WhoWasForgottenIsPassedOver) {
  Fill(CipherOf(kHex));
  database_.Administer("UPDATE " + database_.schema() +
                       ".people SET phone_sealed = '', phone_index = NULL WHERE id < 20 OR id > 25");
  EXPECT_TRUE(Check(CipherOf(kHex), index_).ok());
  EXPECT_FALSE(Check(CipherOf(kOtherHex), index_).ok());
  EXPECT_FALSE(Check(CipherOf(kHex), other_index_).ok());
}

}  // namespace
}  // namespace wenming::reseal
