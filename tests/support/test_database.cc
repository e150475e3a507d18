#include "tests/support/test_database.h"

#include <mysql_driver.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"

namespace wenming::test {
namespace {

[[noreturn]] void GiveUp(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(EXIT_FAILURE);
}

std::string Socket() {
  const char* socket = std::getenv("WENMING_TEST_MARIADB");
  if (socket == nullptr || *socket == '\0') {
    GiveUp("This test needs a database (WENMING_TEST_MARIADB is not set): run ./wenming test");
  }
  return socket;
}

template <typename T>
T OrGiveUp(absl::StatusOr<T> result, const char* what) {
  if (!result.ok()) {
    GiveUp(
        absl::StrCat("test database: ", what, ": ", result.status().ToString(), " ", db::DriverText(result.status())));
  }
  return *std::move(result);
}

std::string NewSchemaName() {
  std::random_device random;
  return absl::StrCat("test_", absl::Hex(random(), absl::kZeroPad8), absl::Hex(random(), absl::kZeroPad8));
}

}  // namespace

sql::Driver* Driver() { return sql::mysql::get_driver_instance(); }

TestDatabase::TestDatabase(std::span<const db::Migration> migrations, int connections) {
  options_.socket = Socket();
  options_.user = "root";
  options_.connections = 1;
  administration_ = OrGiveUp(db::Pool::Open(Driver(), options_), "connecting");
  options_.connections = connections;
  options_.schema = NewSchemaName();
  Administer("CREATE DATABASE " + options_.schema + " DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin");
  pool_ = OrGiveUp(db::Pool::Open(Driver(), options_), "opening the pool");
  const absl::Time now = absl::Now();
  OrGiveUp(db::Migrate(*pool_, migrations, now, now + absl::Minutes(1)), "migrating");
}

TestDatabase::~TestDatabase() {
  pool_.reset();
  Administer("DROP DATABASE " + options_.schema);
}

void TestDatabase::Administer(const std::string& sql) {
  OrGiveUp(
      db::Read(*administration_, absl::InfiniteFuture(), [&](db::Session& session) { return session.Execute(sql); }),
      sql.c_str());
}

void TestDatabase::Kill(uint64_t connection) {
  Administer(absl::StrCat("KILL ", connection));
  const auto alive = [&](db::Session& session) {
    return session.QueryOne("SELECT 1 FROM information_schema.processlist WHERE id = ?", {connection});
  };
  while (OrGiveUp(db::Read(*administration_, absl::InfiniteFuture(), alive), "listing connections").has_value()) {
  }
}

}  // namespace wenming::test
