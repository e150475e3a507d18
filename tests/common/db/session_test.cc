#include "common/db/session.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "tests/support/test_database.h"

namespace wenming::db {
namespace {

constexpr Migration kSchema[] = {{1, "things", R"sql(
  CREATE TABLE things (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    small TINYINT NULL, number BIGINT NULL, large BIGINT UNSIGNED NULL, share DOUBLE NULL, ratio FLOAT NULL,
    money DECIMAL(12,2) NULL, day DATE NULL, text VARCHAR(200) NULL, bytes LONGBLOB NULL, story LONGTEXT NULL,
    UNIQUE KEY by_text (text)
  ) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
)sql"}};

class SessionTest : public ::testing::Test {
 protected:
  // One connection: what is prepared or set once is found again.
  test::TestDatabase database_{kSchema, 2};
  std::unique_ptr<Pool> pool_ = *Pool::Open(test::Driver(), OneConnection());

  PoolOptions OneConnection() const {
    PoolOptions options = database_.options();
    options.connections = 1;
    options.statements = 8;
    return options;
  }
  Rows Query(const std::string& sql, const std::vector<Value>& params = {}) {
    auto rows = Read(*pool_, absl::InfiniteFuture(), [&](Session& session) { return session.Query(sql, params); });
    EXPECT_TRUE(rows.ok()) << DriverText(rows.status());
    return rows.ok() ? *rows : Rows(1, Row({}));
  }
  absl::StatusOr<int64_t> Execute(const std::string& sql, const std::vector<Value>& params = {}) {
    return Read(*pool_, absl::InfiniteFuture(), [&](Session& session) { return session.Execute(sql, params); });
  }
  // What comes back for a value written to a column.
  Row RoundTrip(const std::string& column, const Value& value) {
    EXPECT_TRUE(Execute("DELETE FROM things").ok());
    const auto written = Execute("INSERT INTO things (id, " + column + ") VALUES (1, ?)", {value});
    EXPECT_TRUE(written.ok()) << column << DriverText(written.status());
    const Rows rows = Query("SELECT " + column + " FROM things WHERE id = 1");
    return rows[0];
  }
  int64_t Prepared() { return std::stoll(Query("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'")[0].Text(1)); }
};

TEST_F(SessionTest, NumbersRoundTrip) {
  for (const int64_t number :
       {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(RoundTrip("number", number).Int(0), number);
  }
  for (const uint64_t large : {uint64_t{0}, uint64_t{1} << 63, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_EQ(RoundTrip("large", large).Id(0), large);
  }
  EXPECT_EQ(RoundTrip("small", -128).Int(0), -128);
  EXPECT_EQ(RoundTrip("share", 0.1).Double(0), 0.1);
  EXPECT_EQ(RoundTrip("ratio", 0.5).Double(0), 0.5);
  EXPECT_EQ(RoundTrip("money", "-12345.60").Text(0), "-12345.60");
}

// The driver keeps a parameter unsigned for ever once it was; the statement must not be used again for a negative one.
TEST_F(SessionTest, NegativeNumberAfterLargeUnsignedOne) {
  const std::string sql = "SELECT CAST(? AS CHAR), CAST(? AS CHAR)";
  EXPECT_EQ(Query(sql, {std::numeric_limits<uint64_t>::max(), 1})[0].Text(0), "18446744073709551615");
  EXPECT_EQ(Query(sql, {-1, -2})[0].Text(0), "-1");
  EXPECT_EQ(Query(sql, {uint64_t{5}, -2})[0].Text(0), "5");
  EXPECT_EQ(Query(sql, {-5, -2})[0].Text(0), "-5");
}

TEST_F(SessionTest, NullRoundTripsInEveryType) {
  for (const char* column : {"small", "number", "large", "share", "ratio", "money", "day", "text", "bytes", "story"}) {
    EXPECT_TRUE(RoundTrip(column, nullptr).Null(0)) << column;
  }
  // The same prepared statement, by turns with and without.
  EXPECT_EQ(RoundTrip("text", "a").Text(0), "a");
  EXPECT_TRUE(RoundTrip("text", nullptr).Null(0));
  EXPECT_EQ(RoundTrip("text", "").Text(0), "");
  EXPECT_FALSE(RoundTrip("text", "").Null(0));
}

TEST_F(SessionTest, TextAndBytesRoundTrip) {
  const std::string chinese = "洪洞县文明实践站🎉𠮷";
  EXPECT_EQ(RoundTrip("text", chinese).Text(0), chinese);
  std::string every_byte;
  for (int i = 0; i < 512; ++i) every_byte.push_back(static_cast<char>(i));
  EXPECT_EQ(RoundTrip("bytes", every_byte).Text(0), every_byte);
  EXPECT_EQ(RoundTrip("bytes", std::string(1, '\0')).Text(0), std::string(1, '\0'));
}

// Beyond 256 KiB the driver sends a parameter in pieces.
TEST_F(SessionTest, LongTextsRoundTrip) {
  for (const size_t size : {size_t{255} << 10, (size_t{256} << 10) + 1, size_t{1} << 20, size_t{5} << 20}) {
    std::string bytes(size, '\xFF');
    for (size_t i = 0; i < size; i += 1021) bytes[i] = static_cast<char>(i);
    EXPECT_TRUE(RoundTrip("bytes", bytes).Text(0) == bytes) << size;
    const std::string text(size, 'z');
    EXPECT_TRUE(RoundTrip("story", text).Text(0) == text) << size;
  }
  EXPECT_EQ(RoundTrip("bytes", "short again").Text(0), "short again");
}

TEST_F(SessionTest, DaysRoundTrip) {
  const Row row = RoundTrip("day", absl::CivilDay(1949, 10, 1));
  EXPECT_EQ(row.Day(0), absl::CivilDay(1949, 10, 1));
  EXPECT_EQ(row.OptionalDay(0), absl::CivilDay(1949, 10, 1));
}

TEST_F(SessionTest, BigResultComesWhole) {
  constexpr int kRows = 100'000;
  const Rows rows = Query("SELECT seq, CONCAT('row ', seq) FROM seq_1_to_100000");
  ASSERT_EQ(rows.size(), kRows);
  for (int i = 0; i < kRows; ++i) ASSERT_EQ(rows[i].Text(1), absl::StrCat("row ", i + 1));
  EXPECT_EQ(Query("SELECT 1")[0].Int(0), 1);
}

TEST_F(SessionTest, QueryOneTakesTheFirstRowOrNothing) {
  const auto first = Read(*pool_, absl::InfiniteFuture(),
                          [](Session& session) { return session.QueryOne("SELECT seq FROM seq_1_to_10"); });
  ASSERT_TRUE(first.ok());
  EXPECT_EQ((*first)->Int(0), 1);
  const auto none = Read(*pool_, absl::InfiniteFuture(),
                         [](Session& session) { return session.QueryOne("SELECT id FROM things WHERE id = ?", {9}); });
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
}

TEST_F(SessionTest, ExecuteCountsMatchedRows) {
  ASSERT_TRUE(Execute("INSERT INTO things (id, number) VALUES (1, 5), (2, 5)").ok());
  EXPECT_EQ(*Execute("UPDATE things SET number = 5"), 2);
  EXPECT_EQ(*Execute("UPDATE things SET number = 6 WHERE id = 1 AND number = 5"), 1);
  EXPECT_EQ(*Execute("UPDATE things SET number = 6 WHERE id = 1 AND number = 5"), 0);
  EXPECT_EQ(*Execute("DELETE FROM things"), 2);
}

TEST_F(SessionTest, ViolatedKeyIsNamed) {
  ASSERT_TRUE(Execute("INSERT INTO things (id, text) VALUES (1, 'a')").ok());
  const absl::Status text = Execute("INSERT INTO things (id, text) VALUES (2, 'a')").status();
  EXPECT_TRUE(IsDuplicateKey(text, "by_text")) << DriverText(text);
  const absl::Status primary = Execute("INSERT INTO things (id, text) VALUES (1, 'b')").status();
  EXPECT_TRUE(IsDuplicateKey(primary, "PRIMARY")) << DriverText(primary);
}

TEST_F(SessionTest, MistakesAreErrorsAndLeaveTheConnectionUsable) {
  EXPECT_EQ(Execute("SELEKT 1").status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Execute("INSERT INTO things (id, number) VALUES (?, ?)", {1}).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Execute("INSERT INTO things (id) VALUES (?)", {1, 2}).status().code(), absl::StatusCode::kInternal);
  // Strict mode: what does not fit is refused, not cut.
  EXPECT_EQ(Execute("INSERT INTO things (id, small) VALUES (1, 1000)").status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Execute("INSERT INTO things (id, text) VALUES (1, ?)", {std::string(201, 'x')}).status().code(),
            absl::StatusCode::kInternal);
  EXPECT_EQ(Query("SELECT COUNT(*) FROM things")[0].Int(0), 0);
  EXPECT_EQ(pool_->Stats().open, 1);
}

TEST_F(SessionTest, SettingsOfTheSessionAreOurs) {
  const Row row = Query(
      "SELECT @@tx_isolation, @@time_zone, @@character_set_client, @@character_set_results, @@collation_connection,"
      " @@innodb_lock_wait_timeout, @@autocommit, @@sql_mode")[0];
  EXPECT_EQ(row.Text(0), "READ-COMMITTED");
  EXPECT_EQ(row.Text(1), "+00:00");
  EXPECT_EQ(row.Text(2), "utf8mb4");
  EXPECT_EQ(row.Text(3), "utf8mb4");
  EXPECT_EQ(row.Text(4), "utf8mb4_bin");
  EXPECT_EQ(row.Int(5), 5);
  EXPECT_EQ(row.Int(6), 1);
  EXPECT_NE(row.Text(7).find("STRICT_ALL_TABLES"), std::string::npos);
}

TEST_F(SessionTest, PreparesEachStatementOnce) {
  const int64_t before = Prepared();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Query("SELECT ? + 1", {i})[0].Int(0), i + 1);
  EXPECT_EQ(Prepared(), before + 1);
}

TEST_F(SessionTest, KeepsTheStatementsUsedLast) {
  const auto use = [&](int from, int to) {
    for (int i = from; i < to; ++i) EXPECT_EQ(Query(absl::StrCat("SELECT ", i))[0].Int(0), i);
  };
  use(0, 7);  // with the one of Prepared(), all there is room for
  const int64_t full = Prepared();
  use(0, 7);
  EXPECT_EQ(Prepared(), full);
  use(7, 10);
  use(0, 3);
  EXPECT_EQ(Prepared(), full + 6);
}

TEST_F(SessionTest, StatementSurvivesAChangeOfItsTable) {
  ASSERT_TRUE(Execute("INSERT INTO things (id, number) VALUES (1, 5)").ok());
  EXPECT_EQ(Query("SELECT * FROM things")[0].size(), 11u);
  database_.Administer("ALTER TABLE " + database_.schema() +
                       ".things ADD COLUMN extra VARCHAR(20) NOT NULL DEFAULT 'new'");
  const Row row = Query("SELECT * FROM things")[0];
  ASSERT_EQ(row.size(), 12u);
  EXPECT_EQ(row.Text(11), "new");
}

TEST_F(SessionTest, ReadIsRunAgainOnADeadConnectionAndPreparesAnew) {
  EXPECT_EQ(Query("SELECT ? + 1", {1})[0].Int(0), 2);
  const uint64_t connection = Query("SELECT CONNECTION_ID()")[0].Id(0);
  database_.Kill(connection);
  EXPECT_EQ(Query("SELECT ? + 1", {2})[0].Int(0), 3);
  EXPECT_NE(Query("SELECT CONNECTION_ID()")[0].Id(0), connection);
}

}  // namespace
}  // namespace wenming::db
