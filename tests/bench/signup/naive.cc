#include "tests/bench/signup/naive.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/statement.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace wenming::bench {
namespace {

// Over all runs: no two rows have the same id.
class Ids {
 public:
  static uint64_t Next() {
    static std::atomic<uint64_t> last = 0;
    return ++last;
  }
};

void SignUps(Tables& tables, const std::function<uint64_t(int64_t)>& shift, std::atomic<int64_t>& next,
             std::atomic<int64_t>& done, absl::Time end) {
  sql::Driver* const driver = test::Driver();
  driver->threadInit();
  try {
    sql::ConnectOptionsMap options;
    options["hostName"] = sql::SQLString("unix://" + tables.database().socket());
    options["userName"] = sql::SQLString("root");
    options["schema"] = sql::SQLString(tables.database().schema());
    const std::unique_ptr<sql::Connection> connection(driver->connect(options));
    const std::unique_ptr<sql::Statement> command(connection->createStatement());
    command->execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    const std::unique_ptr<sql::PreparedStatement> insert(connection->prepareStatement(
        "INSERT INTO registrations (center_id, id, shift_id, activity_id, volunteer_id, state, live, waitlist_position,"
        " start_time, end_time, reason, create_time, update_time) VALUES (?, ?, ?, 1, ?, 1, 1, 0, ?, ?, '', ?, ?)"));
    const std::unique_ptr<sql::PreparedStatement> update(connection->prepareStatement(
        "UPDATE shifts SET taken_count = taken_count + 1 WHERE center_id = ? AND id = ? AND taken_count < capacity"));
    while (absl::Now() < end) {
      const int64_t n = next++, now = absl::ToUnixMicros(absl::Now());
      const auto shift_id = static_cast<int64_t>(shift(n));
      command->execute("START TRANSACTION");
      insert->setInt64(1, kCenter);
      insert->setInt64(2, static_cast<int64_t>(Ids::Next()));
      insert->setInt64(3, shift_id);
      insert->setInt64(4, 1 + n % kPeople);
      insert->setInt64(5, now + shift_id);
      insert->setInt64(6, now + shift_id + 1);
      insert->setInt64(7, now);
      insert->setInt64(8, now);
      insert->executeUpdate();
      update->setInt64(1, kCenter);
      update->setInt64(2, shift_id);
      const bool taken = update->executeUpdate() == 1;
      command->execute(taken ? "COMMIT" : "ROLLBACK");
      if (taken) ++done;
    }
  } catch (const sql::SQLException& e) {
    std::fprintf(stderr, "the peer: %s\n", e.what());
    std::exit(EXIT_FAILURE);
  }
  driver->threadEnd();
}

}  // namespace

double RunNaive(Tables& tables, const std::function<uint64_t(int64_t)>& shift, int connections, absl::Duration length) {
  std::atomic<int64_t> next = 0, done = 0;
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] { SignUps(tables, shift, next, done, begin + length); });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(done) / absl::ToDoubleSeconds(absl::Now() - begin);
}

}  // namespace wenming::bench
