// One connection of the driver with its prepared statements; the only file, with connection.cc, that meets the driver's
// exceptions. Internal to common/db.
//
// What the driver (Connector/C++ 1.1.12) gets wrong, and what is done about it here:
//   - commit(), rollback() and setAutoCommit() swallow errors: those statements are sent as text (Command).
//   - A parameter that was once bound unsigned stays so: a later negative number would arrive as a huge one. Numbers
//   are
//     bound signed wherever they fit, and a statement that had a larger one bound is thrown away afterwards.
//   - A forward-only prepared result reads beyond its end: the default, buffered, type is kept.
//   - A SELECT whose number of columns changes with its table (a migration beside a running service) fails once: it is
//     prepared anew and run again.
//   - OPT_RECONNECT would lose session settings and statements: a lost connection is closed.
#ifndef WENMING_COMMON_DB_CONNECTION_H_
#define WENMING_COMMON_DB_CONNECTION_H_

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/statement.h>

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/value.h"

namespace wenming::db {

// Thread-safety: none.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(sql::Driver* driver, const PoolOptions& options,
                                                          PoolObserver& observer);
  ~Connection();

  // The first `most` rows of the answer.
  absl::StatusOr<Rows> Query(std::string_view sql, std::span<const Value> params, size_t most = SIZE_MAX);
  absl::StatusOr<int64_t> Execute(std::string_view sql, std::span<const Value> params);
  // Runs text that is not prepared: transaction control and DDL.
  absl::Status Command(const std::string& sql);

  // Asks the server.
  bool Ping();
  // Not to be used again: it has failed, or its state is unknown.
  bool lost() const { return lost_; }
  void MarkLost() { lost_ = true; }
  absl::Time opened() const { return opened_; }

 private:
  struct Prepared {
    std::string sql;
    std::unique_ptr<sql::PreparedStatement> statement;
    bool unsigned_bound = false;
  };
  using Statements = std::list<Prepared>;  // the most recently used first

  Connection(std::unique_ptr<sql::Connection> connection, size_t statements, PoolObserver& observer);

  // Runs `work`, which may throw, and translates what it throws.
  template <typename F>
  absl::Status Guard(F&& work);
  Prepared& Prepare(std::string_view sql);
  void Forget(std::string_view sql);
  static void Bind(Prepared& prepared, std::span<const Value> params);

  const std::unique_ptr<sql::Connection> connection_;
  const std::unique_ptr<sql::Statement> command_;
  const size_t most_statements_;
  PoolObserver& observer_;
  const absl::Time opened_ = absl::Now();
  bool lost_ = false;
  Statements statements_;
  std::unordered_map<std::string_view, Statements::iterator> by_sql_;  // keys point into statements_
};

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_CONNECTION_H_
