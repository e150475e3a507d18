// A schema of a test's own, on the MariaDB that `./wenming test` starts.
#ifndef WENMING_TESTS_SUPPORT_TEST_DATABASE_H_
#define WENMING_TESTS_SUPPORT_TEST_DATABASE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/db/migrations.h"
#include "common/db/pool.h"

namespace sql {
class Driver;
}

namespace wenming::test {

// The process's database driver.
sql::Driver* Driver();

// Creates a schema with a random name and the given migrations, and drops it at the end:
//
//   class UnitsTest : public ::testing::Test {
//    protected:
//     test::TestDatabase database_{org::Migrations()};
//   };
//
// The environment variable WENMING_TEST_MARIADB names the server's unix socket (root, no password). Where it is
// missing, or the server does not answer, the constructor ends the test program with a message that says what to do.
class TestDatabase {
 public:
  explicit TestDatabase(std::span<const db::Migration> migrations = {}, int connections = 8);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  db::Pool& pool() { return *pool_; }
  const std::string& socket() const { return options_.socket; }
  const std::string& schema() const { return options_.schema; }
  // For a pool of the test's own on the same schema.
  const db::PoolOptions& options() const { return options_; }

  // Runs one statement as root outside the pool ("KILL 12"); a failure ends the program.
  void Administer(const std::string& sql);
  // Ends a connection (SELECT CONNECTION_ID()) from outside, and waits until it is gone.
  void Kill(uint64_t connection);

 private:
  db::PoolOptions options_;
  std::unique_ptr<db::Pool> administration_;
  std::unique_ptr<db::Pool> pool_;
};

}  // namespace wenming::test

#endif  // WENMING_TESTS_SUPPORT_TEST_DATABASE_H_
