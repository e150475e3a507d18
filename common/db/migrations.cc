#include "common/db/migrations.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "common/crypto/digest.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"

namespace wenming::db {
namespace {

constexpr char kCreateTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " number INT NOT NULL, name VARCHAR(190) NOT NULL, checksum CHAR(64) NOT NULL,"
    " statements_done INT NOT NULL, finish_time BIGINT NULL, PRIMARY KEY (number)"
    ") DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin";
// Number 0 is no migration: whoever holds its row lock is the one who migrates.
constexpr char kCreateLock[] =
    "INSERT INTO schema_migrations (number, name, checksum, statements_done) VALUES (0, 'lock', '', 0)";
constexpr char kLock[] = "SELECT number FROM schema_migrations WHERE number = 0 FOR UPDATE";
constexpr char kList[] =
    "SELECT number, checksum, statements_done, finish_time FROM schema_migrations WHERE number > 0";
constexpr char kBegin[] = "INSERT INTO schema_migrations (number, name, checksum, statements_done) VALUES (?, ?, ?, 0)";
constexpr char kProgress[] = "UPDATE schema_migrations SET statements_done = ? WHERE number = ?";
constexpr char kFinish[] = "UPDATE schema_migrations SET checksum = ?, finish_time = ? WHERE number = ?";
// In seconds. Whoever comes to a table waits behind a change of it that waits for somebody's transaction to end, and
// the transaction may wait for one of those.
constexpr char kWaitBriefly[] = "SET SESSION lock_wait_timeout = 1";
constexpr char kTableExists[] =
    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'";

// After a change that gave way, for those who waited behind it.
constexpr absl::Duration kPause = absl::Seconds(1);

struct Applied {
  std::string checksum;
  int statements_done = 0;
  bool finished = false;
};

std::string Checksum(const Migration& migration) { return crypto::Hex(crypto::Sha256(migration.sql)); }

std::string Label(const Migration& migration) {
  return absl::StrCat(absl::Dec(migration.number, absl::kZeroPad4), "_",
                      absl::string_view(migration.name.data(), migration.name.size()));
}

absl::Status Mismatch(const Migration& migration, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("migration ", Label(migration), " ", what));
}

// Where the text that begins at `at` (a comment, a quoted text or one character) ends.
size_t SkipToken(std::string_view sql, size_t at) {
  const auto past = [&](std::string_view closing, size_t from) {
    const size_t found = sql.find(closing, from);
    return found == std::string_view::npos ? sql.size() : found + closing.size();
  };
  if (sql.substr(at, 3) == "-- " || sql.substr(at, 3) == "--\n") return past("\n", at);
  if (sql.substr(at, 2) == "/*") return past("*/", at + 2);
  const char quote = sql[at];
  if (quote != '\'' && quote != '"' && quote != '`') return at + 1;
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] == '\\' && quote != '`') {
      ++i;
    } else if (sql[i] == quote) {
      return i + 1;
    }
  }
  return sql.size();
}

// A statement without the comments and blanks around it; empty when it is nothing but them.
std::string_view Strip(std::string_view statement) {
  size_t begin = 0;
  while (begin < statement.size()) {
    const std::string_view rest = statement.substr(begin);
    if (absl::ascii_isspace(static_cast<unsigned char>(rest[0]))) {
      ++begin;
    } else if (rest.substr(0, 2) == "--" || rest.substr(0, 2) == "/*") {
      begin = SkipToken(statement, begin);
    } else {
      break;
    }
  }
  return statement.substr(begin);
}

std::vector<std::string> SplitStatements(std::string_view sql) {
  std::vector<std::string> statements;
  size_t begin = 0;
  for (size_t at = 0; at <= sql.size();) {
    if (at == sql.size() || sql[at] == ';') {
      const std::string_view statement = Strip(sql.substr(begin, at - begin));
      if (!statement.empty()) statements.emplace_back(statement);
      begin = ++at;
    } else {
      at = SkipToken(sql, at);
    }
  }
  return statements;
}

absl::StatusOr<std::map<int, Applied>> ListApplied(Session& session) {
  absl::StatusOr<Rows> rows = session.Query(kList);
  if (!rows.ok()) return rows.status();
  std::map<int, Applied> applied;
  for (const Row& row : *rows) {
    applied[static_cast<int>(row.Int(0))] = {row.Text(1), static_cast<int>(row.Int(2)), !row.Null(3)};
  }
  return applied;
}

struct Progress {
  int count = 0;          // of the migrations that were applied
  bool gave_way = false;  // the last statement has waited too long for others; it has done nothing
};

absl::Status Apply(Session& session, const Migration& migration, int statements_done, bool begun, absl::Time now,
                   Progress& progress) {
  if (!begun) {
    const auto inserted = session.Execute(kBegin, {migration.number, migration.name, Checksum(migration)});
    if (!inserted.ok()) return inserted.status();
  }
  const std::vector<std::string> statements = SplitStatements(migration.sql);
  for (size_t i = static_cast<size_t>(statements_done); i < statements.size(); ++i) {
    if (auto done = session.Execute(statements[i]); !done.ok()) {
      progress.gave_way = IsConflict(done.status());
      // Nobody but an operator reads this, and the text is what helps him.
      return Mismatch(migration, absl::StrCat("failed at statement ", i + 1, ": ", DriverText(done.status())));
    }
    if (auto kept = session.Execute(kProgress, {static_cast<int64_t>(i + 1), migration.number}); !kept.ok()) {
      return kept.status();
    }
  }
  return session.Execute(kFinish, {Checksum(migration), now, migration.number}).status();
}

absl::Status ApplyMissing(Session& session, const std::vector<Migration>& migrations, absl::Time now,
                          Progress& progress) {
  if (auto set = session.Execute(kWaitBriefly); !set.ok()) return set.status();
  const absl::StatusOr<std::map<int, Applied>> applied = ListApplied(session);
  if (!applied.ok()) return applied.status();
  for (const Migration& migration : migrations) {
    const auto found = applied->find(migration.number);
    const bool begun = found != applied->end();
    if (begun && found->second.finished) {
      if (found->second.checksum != Checksum(migration)) return Mismatch(migration, "was changed after it was applied");
      continue;
    }
    const int statements_done = begun ? found->second.statements_done : 0;
    absl::Status status = Apply(session, migration, statements_done, begun, now, progress);
    if (!status.ok()) return status;
    ++progress.count;
  }
  return absl::OkStatus();
}

// A statement that gave way is tried again, as long as there is time.
absl::StatusOr<int> ApplyPatiently(Pool& pool, const std::vector<Migration>& migrations, absl::Time now,
                                   absl::Time deadline) {
  Progress progress;
  for (;;) {
    progress.gave_way = false;
    absl::Status status =
        Read(pool, deadline, [&](Session& session) { return ApplyMissing(session, migrations, now, progress); });
    if (status.ok()) return progress.count;
    if (!progress.gave_way || absl::Now() + kPause >= deadline) return status;
    absl::SleepFor(kPause);
  }
}

absl::Status CreateTable(Session& session) {
  if (auto created = session.Execute(kCreateTable); !created.ok()) return created.status();
  const auto locked = session.Execute(kCreateLock);
  return locked.ok() || IsDuplicateKey(locked.status()) ? absl::OkStatus() : locked.status();
}

}  // namespace

absl::StatusOr<int> Migrate(Pool& pool, std::span<const Migration> migrations, absl::Time now, absl::Time deadline) {
  std::vector<Migration> ordered(migrations.begin(), migrations.end());
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  absl::Status created = Read(pool, deadline, CreateTable);
  if (!created.ok()) return created;
  // The lock is held by one connection and the work done by another: a DDL statement would end the transaction that
  // holds it.
  return RunTransaction(pool, {.deadline = deadline, .repeatable = true},
                        [&](Transaction& lock) -> absl::StatusOr<int> {
                          if (auto held = lock.QueryOne(kLock); !held.ok()) return held.status();
                          return ApplyPatiently(pool, ordered, now, deadline);
                        });
}

absl::Status CheckMigrations(Pool& pool, std::span<const Migration> migrations, absl::Time deadline) {
  const auto applied = Read(pool, deadline, [](Session& session) -> absl::StatusOr<std::map<int, Applied>> {
    absl::StatusOr<std::optional<Row>> exists = session.QueryOne(kTableExists);
    if (!exists.ok()) return exists.status();
    if (!exists->has_value()) return std::map<int, Applied>();
    return ListApplied(session);
  });
  if (!applied.ok()) return applied.status();
  for (const Migration& migration : migrations) {
    const auto found = applied->find(migration.number);
    if (found == applied->end()) return Mismatch(migration, "has not been applied");
    if (!found->second.finished) return Mismatch(migration, "was begun and not finished");
    if (found->second.checksum != Checksum(migration)) return Mismatch(migration, "was changed after it was applied");
  }
  return absl::OkStatus();
}

}  // namespace wenming::db
