#include "activity_svc/appeals/appeals_store.h"

#include <algorithm>
#include <bit>
#include <span>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "activity_svc/appeals/appeals_rules.h"

namespace wenming::activity {
namespace {

constexpr char kSelect[] =
    "SELECT registration_id, shift_id, unit_id, volunteer_id, state, outcome, claimed_check_in_time,"
    " claimed_check_out_time, due_time, create_time FROM appeals";
constexpr char kById[] = " WHERE center_id = ? AND registration_id = ?";
constexpr char kOpen[] =
    " WHERE center_id = ? AND waiting = 1 AND (due_time > ? OR (due_time = ? AND registration_id > ?))";
constexpr char kInOrder[] = " ORDER BY due_time, registration_id LIMIT ?";
constexpr char kInsert[] =
    "INSERT INTO appeals (state, outcome, claimed_check_in_time, claimed_check_out_time, due_time, waiting,"
    " update_time, center_id, registration_id, shift_id, unit_id, volunteer_id, create_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE appeals SET state = ?, outcome = ?, claimed_check_in_time = ?, claimed_check_out_time = ?, due_time = ?,"
    " waiting = ?, update_time = ? WHERE center_id = ? AND registration_id = ?";
constexpr char kInsertMove[] =
    "INSERT INTO appeal_moves (center_id, registration_id, id, from_state, to_state, outcome, actor, reason, move_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kMoves[] =
    "SELECT from_state, to_state, outcome, actor, reason, move_time FROM appeal_moves"
    " WHERE center_id = ? AND registration_id = ? ORDER BY id";
constexpr char kOwn[] = " WHERE center_id = ? AND volunteer_id = ? AND registration_id BETWEEN ? AND ?";
constexpr char kOwnMoves[] =
    "SELECT m.from_state, m.to_state, m.outcome, m.actor, m.reason, m.move_time, m.registration_id"
    " FROM appeals a JOIN appeal_moves m ON m.center_id = a.center_id AND m.registration_id = a.registration_id"
    " WHERE a.center_id = ? AND a.volunteer_id = ? AND a.registration_id BETWEEN ? AND ?"
    " ORDER BY m.registration_id, m.id";

// Units in one IN list, at most.
constexpr size_t kChunk = 512;

Appeal FromRow(const db::Row& row) {
  return {.registration_id = row.Id(0),
          .shift_id = row.Id(1),
          .unit_id = row.Id(2),
          .volunteer_id = row.Id(3),
          .state = row.Enum<AppealState>(4),
          .outcome = row.Enum<AppealOutcome>(5),
          .claimed_check_in_time = row.Time(6),
          .claimed_check_out_time = row.Time(7),
          .due_time = row.Time(8),
          .create_time = row.Time(9)};
}

AppealMove MoveFromRow(const db::Row& row) {
  return {.from = row.Enum<AppealState>(0),
          .to = row.Enum<AppealState>(1),
          .outcome = row.Enum<AppealOutcome>(2),
          .actor = row.Text(3),
          .reason = row.Text(4),
          .time = row.Time(5)};
}

std::vector<db::Value> Values(const Appeal& a, uint64_t center_id, absl::Time now) {
  return {a.state,
          a.outcome,
          a.claimed_check_in_time,
          a.claimed_check_out_time,
          a.due_time,
          WaitsForDecision(a.state) ? db::Value(1) : db::Value(),
          now,
          center_id,
          a.registration_id};
}

absl::Status ListChunk(db::Session& session, const OpenAppealsQuery& query, std::span<const uint64_t> units,
                       std::vector<Appeal>& appeals) {
  std::string sql = absl::StrCat(kSelect, kOpen);
  std::vector<db::Value> values = {query.center_id, query.after_due, query.after_due, query.after_registration};
  if (!units.empty()) {
    const size_t size = std::bit_ceil(units.size());
    absl::StrAppend(&sql, " AND unit_id IN (", db::Placeholders(size), ")");
    for (size_t i = 0; i < size; ++i) values.emplace_back(units[std::min(i, units.size() - 1)]);
  }
  absl::StrAppend(&sql, kInOrder);
  values.emplace_back(query.limit);
  const auto rows = session.Query(sql, values);
  if (!rows.ok()) return rows.status();
  for (const db::Row& row : *rows) appeals.push_back(FromRow(row));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<Appeal>> FindAppeal(db::Session& session, uint64_t center_id, uint64_t registration_id) {
  const auto row = session.QueryOne(absl::StrCat(kSelect, kById), {center_id, registration_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Appeal>();
  return std::optional<Appeal>(FromRow(**row));
}

absl::Status InsertAppeal(db::Transaction& transaction, uint64_t center_id, const Appeal& a) {
  std::vector<db::Value> values = Values(a, center_id, a.create_time);
  values.insert(values.end(), {a.shift_id, a.unit_id, a.volunteer_id, a.create_time});
  return transaction.Execute(kInsert, values).status();
}

absl::Status UpdateAppeal(db::Transaction& transaction, uint64_t center_id, const Appeal& appeal, absl::Time now) {
  return transaction.Execute(kUpdate, Values(appeal, center_id, now)).status();
}

absl::Status InsertAppealMove(db::Transaction& transaction, uint64_t center_id, uint64_t registration_id, uint64_t id,
                              const AppealMove& move) {
  return transaction
      .Execute(kInsertMove,
               {center_id, registration_id, id, move.from, move.to, move.outcome, move.actor, move.reason, move.time})
      .status();
}

absl::StatusOr<std::vector<AppealMove>> ListAppealMoves(db::Session& session, uint64_t center_id,
                                                        uint64_t registration_id) {
  const auto rows = session.Query(kMoves, {center_id, registration_id});
  if (!rows.ok()) return rows.status();
  std::vector<AppealMove> moves;
  for (const db::Row& row : *rows) moves.push_back(MoveFromRow(row));
  return moves;
}

absl::StatusOr<std::vector<Appeal>> ListOwnAppeals(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                   uint64_t first, uint64_t last) {
  const auto rows = session.Query(absl::StrCat(kSelect, kOwn), {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<Appeal> appeals;
  for (const db::Row& row : *rows) appeals.push_back(FromRow(row));
  return appeals;
}

absl::StatusOr<std::vector<OwnAppealMove>> ListOwnAppealMoves(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id, uint64_t first, uint64_t last) {
  const auto rows = session.Query(kOwnMoves, {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<OwnAppealMove> moves;
  for (const db::Row& row : *rows) moves.push_back({row.Id(6), MoveFromRow(row)});
  return moves;
}

absl::StatusOr<std::vector<Appeal>> ListOpenAppeals(db::Session& session, const OpenAppealsQuery& query) {
  std::vector<Appeal> appeals;
  const std::span<const uint64_t> units = query.units;
  size_t done = 0;
  do {
    const auto chunk = units.subspan(done, std::min(kChunk, units.size() - done));
    if (auto status = ListChunk(session, query, chunk, appeals); !status.ok()) return status;
    done += chunk.size();
  } while (done < units.size());
  std::ranges::sort(appeals, {}, [](const Appeal& a) { return std::tuple(a.due_time, a.registration_id); });
  if (appeals.size() > static_cast<size_t>(query.limit)) appeals.resize(static_cast<size_t>(query.limit));
  return appeals;
}

}  // namespace wenming::activity
