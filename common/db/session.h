// One connection in use: the only thing that stores see of the database.
#ifndef WENMING_COMMON_DB_SESSION_H_
#define WENMING_COMMON_DB_SESSION_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/value.h"

namespace wenming::db {

class Connection;

// Runs statements. Every statement is prepared once on its connection and found again by its text, so keep the texts
// constant: named constants, and few shapes of dynamic ones.
//
// Errors (see errors.h) are of this list: ALREADY_EXISTS for a violated unique key, ABORTED for a deadlock or lock
// timeout, UNAVAILABLE for a lost connection, FAILED_PRECONDITION for a violated foreign key, INTERNAL for every other
// mistake. None names SQL or server text.
//
// Thread-safety: none; a session belongs to the thread that runs its function, and ends with it.
class Session {
 public:
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  absl::StatusOr<Rows> Query(std::string_view sql, std::span<const Value> params);
  absl::StatusOr<Rows> Query(std::string_view sql, std::initializer_list<Value> params = {}) {
    return Query(sql, std::span(params.begin(), params.size()));
  }

  // The first row of the answer, or nothing when it is empty.
  absl::StatusOr<std::optional<Row>> QueryOne(std::string_view sql, std::span<const Value> params);
  absl::StatusOr<std::optional<Row>> QueryOne(std::string_view sql, std::initializer_list<Value> params = {}) {
    return QueryOne(sql, std::span(params.begin(), params.size()));
  }

  // Runs an INSERT, UPDATE or DELETE and says how many rows it MATCHED (as with CLIENT_FOUND_ROWS), also where the new
  // values equal the old: 0 from a conditional UPDATE always means that the condition did not hold.
  absl::StatusOr<int64_t> Execute(std::string_view sql, std::span<const Value> params);
  absl::StatusOr<int64_t> Execute(std::string_view sql, std::initializer_list<Value> params = {}) {
    return Execute(sql, std::span(params.begin(), params.size()));
  }

 protected:
  explicit Session(Connection& connection) : connection_(connection) {}
  ~Session() = default;

  Connection& connection_;
  bool changed_ = false;

 private:
  friend class SessionAccess;

  absl::Status Remember(absl::Status status);

  // The first error after which the server may have forgotten the transaction (deadlock, timeout, lost connection);
  // everything after it answers the same, so that a swallowed error cannot become half a commit.
  absl::Status broken_;
};

// A session inside a transaction; made by RunTransaction only.
class Transaction : public Session {
 public:
  // After a successful COMMIT, calls the pool's announcement listener (see Pool::OnAnnouncement) once.
  void AnnounceOnCommit() { announce_ = true; }
  // Whether any statement of this transaction has matched rows to write, so that there is an effect to speak of.
  bool changed() const { return changed_; }

 private:
  friend class SessionAccess;
  explicit Transaction(Connection& connection) : Session(connection) {}
  ~Transaction() = default;

  bool announce_ = false;
};

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_SESSION_H_
