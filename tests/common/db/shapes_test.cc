#include "common/db/shapes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/db/transaction.h"
#include "tests/support/test_database.h"

namespace wenming::db {
namespace {

constexpr Migration kSchema[] = {{1, "pairs", R"sql(
  CREATE TABLE pairs (a BIGINT NOT NULL PRIMARY KEY, b BIGINT NOT NULL, c INT NOT NULL);
)sql"}};

TEST(Shapes, ASingleInsertTakesNoMoreThanThereIsAndAtLeastTwoThirds) {
  for (size_t rows = 1; rows <= 256; ++rows) {
    EXPECT_LE(SingleInsert(rows), rows);
    EXPECT_GE(SingleInsert(rows) * 3, rows * 2) << rows;
  }
  EXPECT_EQ(SingleInsert(1000), 256u);
}

TEST(Shapes, AnInListIsAsLongAsThePowerOfTwoAndRepeatsTheLast) {
  EXPECT_EQ(InList(1), "(?)");
  EXPECT_EQ(InList(2), "(?, ?)");
  EXPECT_EQ(InList(3), "(?, ?, ?, ?)");
  std::vector<Value> values = {int64_t{7}};
  AppendInList(values, std::vector<uint64_t>{1, 2, 3});
  EXPECT_EQ(values, (std::vector<Value>{int64_t{7}, uint64_t{1}, uint64_t{2}, uint64_t{3}, uint64_t{3}}));
}

TEST(Shapes, EveryRowIsInsertedOnce) {
  test::TestDatabase database(kSchema);
  for (const int64_t rows : {0, 1, 2, 5, 7, 31, 100, 255, 256, 257, 700}) {
    const auto read = RunTransaction(database.pool(), {}, [&](Transaction& transaction) -> absl::StatusOr<Rows> {
      if (auto cleared = transaction.Execute("DELETE FROM pairs"); !cleared.ok()) return cleared.status();
      std::vector<Value> values;
      for (int64_t i = 1; i <= rows; ++i) values.insert(values.end(), {i, 2 * i});
      auto inserted = InsertRows(transaction, "INSERT INTO pairs (a, b, c) VALUES ", "(?, ?, 1)", 2, values);
      if (!inserted.ok()) return inserted;
      return transaction.Query("SELECT COUNT(*), COALESCE(MAX(a), 0), CAST(COALESCE(SUM(b), 0) AS SIGNED) FROM pairs");
    });
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->front().Int(0), rows);
    EXPECT_EQ(read->front().Int(1), rows);
    EXPECT_EQ(read->front().Int(2), rows * (rows + 1));
  }
}

}  // namespace
}  // namespace wenming::db
