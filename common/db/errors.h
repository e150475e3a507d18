// Database errors as absl::Status: the one place that knows error numbers.
//
// The message is fit for clients: it never holds SQL or text of the server. The server's number and text travel in a
// payload for logs alone (DriverText).
//
//   1062                                   ALREADY_EXISTS       REASON_ALREADY_EXISTS
//   1451, 1452 (foreign keys), 3819, 4025  FAILED_PRECONDITION  REASON_CONFLICT
//   1213, 1205, 1020 and TiDB's conflicts  ABORTED              REASON_CONFLICT; RunTransaction has retried it already
//   lost or refused connection, read-only,
//   no room on the disk, no memory         UNAVAILABLE          REASON_DATABASE_UNAVAILABLE
//   statement took too long (1969, 3024)   DEADLINE_EXCEEDED    REASON_DEADLINE
//   connection lost while committing       UNKNOWN              REASON_COMMIT_UNKNOWN
//   everything else                        INTERNAL             REASON_INTERNAL
#ifndef WENMING_COMMON_DB_ERRORS_H_
#define WENMING_COMMON_DB_ERRORS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wenming::db {

// True for a violated unique key: the one named `key` (`PRIMARY` for the primary key), or any when `key` is empty.
bool IsDuplicateKey(const absl::Status& status, std::string_view key = "");

// True where the same statement with the same values would fail again: a value was refused (too long, out of range,
// NULL, CHECK, key), or the statement is wrong. Every other fault of the database may pass.
bool WouldFailAgain(const absl::Status& status);

// The number of the server's or the driver's error, 0 when the status did not come from the database.
int DriverError(const absl::Status& status);

// "1062: Duplicate entry …": for logs only, it may hold data of the row; empty when not from the database.
std::string DriverText(const absl::Status& status);

// The driver's complaint that a table has changed under a prepared statement, which must be prepared anew.
inline constexpr int kStatementChanged = 2057;

// Makes the status for an error number; `text` is the server's.
absl::Status ErrorFromDriver(int number, std::string_view text);

// The answer when nobody knows whether the COMMIT took place.
absl::Status CommitUnknown(const absl::Status& cause);

// The server has rolled the transaction back, or wants it to be: run it again from the start.
bool IsConflict(const absl::Status& status);

// The connection is gone, and whatever it had not committed with it.
bool IsConnectionLost(const absl::Status& status);

// After the error with this number the connection is of no more use. So it is where the server has become read-only:
// the primary is another one now, which only a new connection finds.
bool EndsConnection(int number);

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_ERRORS_H_
