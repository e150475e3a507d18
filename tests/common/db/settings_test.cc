#include "common/db/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/db/transaction.h"
#include "tests/support/test_database.h"

namespace wenming::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Variables = std::map<std::string, std::string>;

// As MariaDB 10.11 answers where nothing is set but the binary log.
Variables Safe() {
  return {{"innodb_flush_log_at_trx_commit", "1"},
          {"innodb_flush_method", "O_DIRECT"},
          {"innodb_doublewrite", "ON"},
          {"log_bin", "ON"},
          {"sync_binlog", "1"},
          {"default_storage_engine", "InnoDB"},
          {"check_constraint_checks", "ON"},
          {"sql_mode", "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"}};
}

std::vector<std::string> Names(const std::vector<UnsafeSetting>& unsafe) {
  std::vector<std::string> names;
  for (const UnsafeSetting& setting : unsafe) names.emplace_back(setting.name);
  return names;
}

TEST(Settings, NamesEachThatLosesOrBendsDataWithTheReason) {
  EXPECT_THAT(UnsafeSettings(Safe()), IsEmpty());
  const std::pair<std::string, std::string> unsafe[] = {{"innodb_flush_log_at_trx_commit", "0"},
                                                        {"innodb_flush_log_at_trx_commit", "2"},
                                                        {"innodb_flush_method", "nosync"},
                                                        {"innodb_flush_method", "O_DIRECT_NO_FSYNC"},
                                                        {"innodb_doublewrite", "OFF"},
                                                        {"innodb_doublewrite", "0"},
                                                        {"innodb_doublewrite", "DETECT_ONLY"},
                                                        {"sync_binlog", "0"},
                                                        {"sync_binlog", "100"},
                                                        {"default_storage_engine", "Aria"},
                                                        {"check_constraint_checks", "OFF"},
                                                        {"sql_mode", "NO_ENGINE_SUBSTITUTION"},
                                                        {"sql_mode", ""}};
  for (const auto& [name, value] : unsafe) {
    Variables variables = Safe();
    variables[name] = value;
    const auto found = UnsafeSettings(variables);
    ASSERT_THAT(Names(found), ElementsAre(name)) << value;
    EXPECT_EQ(found[0].value, value);
    EXPECT_FALSE(found[0].should.empty());
    EXPECT_FALSE(found[0].why.empty());
  }
}

TEST(Settings, JudgesNothingThatIsNotThereOrDoesNotMatter) {
  EXPECT_THAT(UnsafeSettings({}), IsEmpty());
  for (const char* off : {"OFF", "0"}) {
    Variables variables = Safe();
    variables["log_bin"] = off;
    variables["sync_binlog"] = "0";
    EXPECT_THAT(UnsafeSettings(variables), IsEmpty()) << off;
  }
  Variables mysql = Safe();
  mysql["innodb_doublewrite"] = "DETECT_AND_RECOVER";
  mysql["sql_mode"] = "STRICT_ALL_TABLES";
  EXPECT_THAT(UnsafeSettings(mysql), IsEmpty());
}

TEST(Settings, AreFoundOnTheDatabaseForTestsWhichIsNotSafe) {
  test::TestDatabase database;
  const auto found = Read(database.pool(), absl::InfiniteFuture(), FindUnsafeSettings);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(Names(*found),
              ElementsAre("innodb_flush_log_at_trx_commit", "innodb_flush_method", "innodb_doublewrite"));
}

}  // namespace
}  // namespace wenming::db
