// The secrets of second factors follow the data key.
#include <gtest/gtest.h>

#include "common/auth/password_gate.h"
#include "common/db/transaction.h"
#include "org_svc/schema.h"
#include "org_svc/staff/staff_door.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_database.h"

namespace wenming::org {
namespace {

constexpr char kFirst[] = "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
constexpr char kSecond[] = "2:ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

TEST(SealedSecrets, AreSealedAnewInTheirPlace) {
  const auth::KeyFolder keys({});
  keys.Write("data.key", kFirst);
  auto cipher = crypto::DataCipher::Load(keys.path());
  ASSERT_TRUE(cipher.ok()) << cipher.status();
  test::TestDatabase database(org::Migrations());
  const auto sealed = cipher->Seal("a secret of twenty by", "staff/000000000000Z#totp");
  const auto inserted = db::RunTransaction(database.pool(), {}, [&](db::Transaction& transaction) {
    return transaction.Execute(
        "INSERT INTO staff VALUES (1001, 31, 'head', 'x', 'x', 0, ?, 1, 0, 0, 1, 1, 0, 0),"
        " (1001, 32, 'none', 'x', 'x', 0, NULL, 0, 0, 0, 1, 1, 0, 0)",
        {*sealed});
  });
  ASSERT_TRUE(inserted.ok()) << inserted.status();
  keys.Write("data.key", std::string(kFirst) + kSecond);
  ASSERT_TRUE(*cipher->Reload());
  const reseal::SealedTable table = StaffDoor::SealedSecrets();
  const reseal::TableResealer resealer(database.pool(), *cipher, table);
  EXPECT_EQ(*resealer.CountLeft(absl::InfiniteFuture()), 1);
  const auto step = resealer.Take(10, absl::InfiniteFuture());
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->resealed, 1);
  EXPECT_EQ(step->unreadable, 0) << "it stands in another place than StaffDoor::SealSecret says";
  EXPECT_EQ(*resealer.CountLeft(absl::InfiniteFuture()), 0);
}

}  // namespace
}  // namespace wenming::org
