#include "common/db/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "tests/support/test_database.h"

namespace wenming::db {
namespace {

using ::testing::HasSubstr;

constexpr char kTwoTables[] = R"sql(
-- A comment; with a semicolon, and a 'quote.
CREATE TABLE one (id INT NOT NULL PRIMARY KEY, text VARCHAR(40) NOT NULL DEFAULT 'a;b''c');
/* another; one */
CREATE TABLE two (id INT NOT NULL PRIMARY KEY); -- after
INSERT INTO two (id) VALUES (1);
)sql";

class MigrationsTest : public ::testing::Test {
 protected:
  test::TestDatabase database_;
  const absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  const absl::Time deadline_ = absl::Now() + absl::Seconds(60);

  absl::StatusOr<int> Run(const std::vector<Migration>& migrations) {
    return Migrate(database_.pool(), migrations, now_, deadline_);
  }
  absl::Status Check(const std::vector<Migration>& migrations) {
    return CheckMigrations(database_.pool(), migrations, deadline_);
  }
  int64_t Count(const std::string& table) {
    return *Read(database_.pool(), deadline_, [&](Session& session) -> absl::StatusOr<int64_t> {
      auto row = session.QueryOne("SELECT COUNT(*) FROM " + table);
      return row.ok() ? (*row)->Int(0) : -1;
    });
  }
  // Whether a change of a table waits for those who use it.
  bool ChangeWaits() {
    return Count(
               "information_schema.processlist WHERE db = DATABASE() AND info LIKE 'ALTER%'"
               " AND state LIKE 'Waiting for table metadata lock%'") > 0;
  }
};

TEST_F(MigrationsTest, AppliesWhatIsMissingInOrder) {
  const Migration tables{1, "tables", kTwoTables};
  const Migration more{100, "more", "INSERT INTO two (id) VALUES (2);"};
  EXPECT_EQ(*Run({tables}), 1);
  EXPECT_EQ(Count("two"), 1);
  EXPECT_EQ(*Run({more, tables}), 1);
  EXPECT_EQ(*Run({tables, more}), 0);
  EXPECT_EQ(Count("two"), 2);
  EXPECT_TRUE(Check({tables, more}).ok());
}

TEST_F(MigrationsTest, CheckNamesWhatIsMissingOrDifferent) {
  const Migration tables{1, "tables", kTwoTables};
  EXPECT_THAT(std::string(Check({tables}).message()), HasSubstr("0001_tables has not been applied"));
  ASSERT_TRUE(Run({tables}).ok());
  const Migration changed{1, "tables", "CREATE TABLE one (id INT);"};
  EXPECT_EQ(Check({changed}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(Check({changed}).message()), HasSubstr("0001_tables was changed"));
  EXPECT_EQ(Run({changed}).status().code(), absl::StatusCode::kFailedPrecondition);
  // An older program beside a newer schema is fine.
  EXPECT_TRUE(Check({}).ok());
}

TEST_F(MigrationsTest, ResumesWhereItFailed) {
  const Migration broken{1, "tables", "CREATE TABLE one (id INT);\nINSERT INTO one VALUES (1);\nNONSENSE;\n"};
  const absl::Status failed = Run({broken}).status();
  EXPECT_EQ(failed.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(failed.message()), HasSubstr("0001_tables failed at statement 3: 1064"));
  EXPECT_THAT(std::string(Check({broken}).message()), HasSubstr("begun and not finished"));
  const Migration mended{1, "tables",
                         "CREATE TABLE one (id INT);\nINSERT INTO one VALUES (1);\nINSERT INTO one VALUES (2);\n"};
  EXPECT_EQ(*Run({mended}), 1);
  EXPECT_EQ(Count("one"), 2);
  EXPECT_TRUE(Check({mended}).ok());
}

// Nobody hangs behind a change that itself waits for a transaction to end.
TEST_F(MigrationsTest, GivesWayToThoseWhoUseTheTable) {
  const Migration tables{1, "tables", kTwoTables};
  const Migration column{2, "column", "ALTER TABLE two ADD COLUMN more INT NOT NULL DEFAULT 0;"};
  ASSERT_TRUE(Run({tables}).ok());
  std::thread migration;
  const TransactionOptions options{.deadline = deadline_};
  const absl::Status used = RunTransaction(database_.pool(), options, [&](Transaction& transaction) {
    if (auto read = transaction.Query("SELECT id FROM two"); !read.ok()) return read.status();
    migration = std::thread([&] { EXPECT_EQ(*Run({tables, column}), 1); });
    while (!ChangeWaits()) absl::SleepFor(absl::Milliseconds(10));
    EXPECT_EQ(Count("two"), 1);
    return absl::OkStatus();
  });
  EXPECT_TRUE(used.ok()) << used;
  migration.join();
  EXPECT_TRUE(Check({tables, column}).ok());
}

TEST_F(MigrationsTest, ManyProcessesAtOnceApplyEachOnce) {
  std::vector<Migration> migrations;
  std::vector<std::string> texts(12);
  for (int i = 0; i < 12; ++i) {
    texts[i] = i == 0 ? "CREATE TABLE log (id INT NOT NULL);" : "INSERT INTO log VALUES (1);";
    migrations.push_back({i + 1, "step", texts[i]});
  }
  std::vector<std::thread> threads;
  std::atomic<int> applied = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      const auto pool = *Pool::Open(test::Driver(), database_.options());
      const auto count = Migrate(*pool, migrations, now_, deadline_);
      ASSERT_TRUE(count.ok()) << count.status();
      applied += *count;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(applied, 12);
  EXPECT_EQ(Count("log"), 11);
}

TEST_F(MigrationsTest, CommonSchemaApplies) {
  const auto common = common::Migrations();
  ASSERT_FALSE(common.empty());
  EXPECT_EQ(common[0].number, 1);
  EXPECT_EQ(common[0].name, "requests");
  ASSERT_TRUE(Migrate(database_.pool(), common, now_, deadline_).ok());
  EXPECT_TRUE(CheckMigrations(database_.pool(), common, deadline_).ok());
  EXPECT_EQ(Count("event_heads"), 1);
}

}  // namespace
}  // namespace wenming::db
