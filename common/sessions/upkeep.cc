#include "common/sessions/upkeep.h"

#include "common/db/transaction.h"

namespace wenming::sessions {
namespace {

constexpr char kEnded[] =
    "SELECT id, access_expire_time FROM sessions WHERE revoke_time >= ? AND access_expire_time > ?";
constexpr char kForgettable[] = "SELECT center_id, id FROM sessions WHERE expire_time < ? ORDER BY expire_time LIMIT ?";
constexpr char kForgetTokens[] =
    "DELETE FROM session_tokens WHERE center_id = ? AND session_id = ? ORDER BY token_hash LIMIT ?";
constexpr char kForget[] = "DELETE FROM sessions WHERE center_id = ? AND id = ?";

}  // namespace

absl::StatusOr<std::vector<Ended>> EndedSince(db::Session& session, absl::Time since, absl::Time now) {
  const auto rows = session.Query(kEnded, {since, now});
  if (!rows.ok()) return rows.status();
  std::vector<Ended> ended;
  ended.reserve(rows->size());
  for (const db::Row& row : *rows) ended.push_back({row.Id(0), row.Time(1)});
  return ended;
}

absl::StatusOr<int64_t> Forget(db::Pool& db, absl::Time before, int limit, absl::Time deadline) {
  return db::RunTransaction(db, {.deadline = deadline, .repeatable = true},
                            [&](db::Transaction& transaction) -> absl::StatusOr<int64_t> {
                              const auto rows = transaction.Query(kForgettable, {before, limit});
                              if (!rows.ok()) return rows.status();
                              int64_t left = limit;
                              for (const db::Row& row : *rows) {
                                const auto tokens = transaction.Execute(kForgetTokens, {row.Id(0), row.Id(1), left});
                                if (!tokens.ok()) return tokens.status();
                                if (left -= *tokens; left == 0) break;
                                const auto session = transaction.Execute(kForget, {row.Id(0), row.Id(1)});
                                if (!session.ok()) return session.status();
                                if (left -= *session; left == 0) break;
                              }
                              return limit - left;
                            });
}

}  // namespace wenming::sessions
