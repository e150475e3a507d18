// Forward-only numbered changes of a schema, embedded in the binary by wenming_schema (cmake/schema.cmake).
//
// Numbers 0001–0099 are the common tables of common/db/schema, a service's own begin at 0100. A file may hold several
// statements, each ended by ";" at the end of a line. What has been applied is kept in the table schema_migrations with
// the SHA-256 of the text.
#ifndef WENMING_COMMON_DB_MIGRATIONS_H_
#define WENMING_COMMON_DB_MIGRATIONS_H_

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"

namespace wenming::db {

struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// Applies what is missing, in order of number, and answers how many migrations that were. The progress inside a
// migration is kept, so that after a failure the next run resumes at the statement that failed.
//
// Others may use the tables meanwhile. A statement waits for their transactions for a second, in which they wait behind
// it, then lets them go first and comes again.
//
// Several processes may do this at once: one works, the others wait for it until `deadline`. The pool needs two
// connections, and patience for an answer (PoolOptions::read_timeout) as long as the longest change takes.
// FAILED_PRECONDITION names the number when an applied migration has another text today.
absl::StatusOr<int> Migrate(Pool& pool, std::span<const Migration> migrations, absl::Time now, absl::Time deadline);

// OK when every migration is applied with this text. Applied ones that are unknown here are fine: a newer version runs
// beside this one. FAILED_PRECONDITION names the first number that is missing, unfinished or different.
absl::Status CheckMigrations(Pool& pool, std::span<const Migration> migrations, absl::Time deadline);

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_MIGRATIONS_H_
