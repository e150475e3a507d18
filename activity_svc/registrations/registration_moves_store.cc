#include "activity_svc/registrations/registration_moves_store.h"

#include "absl/strings/str_cat.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"

namespace wenming::activity {
namespace {

constexpr char kSystem[] = "system";

// Read committed, and under the lock of the shift: the count is that of all moves before.
constexpr char kKeep[] =
    "INSERT INTO registration_moves (center_id, registration_id, number, from_state, to_state, actor, reason, "
    "move_time)"
    " SELECT r.center_id, r.id, 1 + (SELECT COUNT(*) FROM registration_moves m WHERE m.center_id = r.center_id"
    " AND m.registration_id = r.id), r.state, ?, ?, ?, ? FROM registrations r WHERE ";
constexpr char kOf[] =
    "SELECT from_state, to_state, actor, reason, move_time FROM registration_moves"
    " WHERE center_id = ? AND registration_id = ? ORDER BY number";
constexpr char kOwn[] =
    "SELECT m.from_state, m.to_state, m.actor, m.reason, m.move_time, m.registration_id"
    " FROM registrations r JOIN registration_moves m ON m.center_id = r.center_id AND m.registration_id = r.id"
    " WHERE r.center_id = ? AND r.volunteer_id = ? AND r.id BETWEEN ? AND ? ORDER BY r.id, m.number";

RegistrationMoveMade FromRow(const db::Row& row) {
  return {.from = row.Enum<RegistrationState>(0),
          .to = row.Enum<RegistrationState>(1),
          .actor = row.Text(2),
          .reason = row.Text(3),
          .time = row.Time(4)};
}

}  // namespace

Cause By(const rpc::Call& call, std::string_view reason) { return {call.caller.subject, reason, call.now}; }

Cause BySystem(absl::Time now, std::string_view reason) { return {kSystem, reason, now}; }

Cause Telling(ids::Generator& ids, NoticeKind kind, Cause cause) {
  cause.told = kind;
  cause.notice_id = ids.Next();
  return cause;
}

absl::StatusOr<int64_t> KeepMoves(db::Transaction& transaction, RegistrationState to,
                                  std::optional<absl::Time> offer_expire_time, const Cause& cause,
                                  std::string_view condition, std::span<const db::Value> values) {
  std::vector<db::Value> all = {to, cause.actor, cause.reason, cause.now};
  all.insert(all.end(), values.begin(), values.end());
  auto kept = transaction.Execute(absl::StrCat(kKeep, absl::string_view(condition.data(), condition.size())), all);
  if (!kept.ok() || *kept == 0 || cause.told == v1::Notice::KIND_UNSPECIFIED) return kept;
  const Notice notice{.id = cause.notice_id,
                      .kind = cause.told,
                      .reason = std::string(cause.reason),
                      .create_time = cause.now,
                      .due_time = offer_expire_time};
  if (auto status = TellOfRegistrations(transaction, notice, condition, values); !status.ok()) return status;
  return kept;
}

void ToProto(const RegistrationMoveMade& move, v1::Registration::Move& proto) {
  proto.set_from(move.from);
  proto.set_to(move.to);
  proto.set_actor(move.actor);
  proto.set_reason(move.reason);
  *proto.mutable_move_time() = ToProto(move.time);
}

absl::StatusOr<std::vector<RegistrationMoveMade>> ListMovesOf(db::Session& session, uint64_t center_id,
                                                              uint64_t registration_id) {
  const auto rows = session.Query(kOf, {center_id, registration_id});
  if (!rows.ok()) return rows.status();
  std::vector<RegistrationMoveMade> moves;
  for (const db::Row& row : *rows) moves.push_back(FromRow(row));
  return moves;
}

absl::StatusOr<std::vector<OwnRegistrationMove>> ListOwnMoves(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id, uint64_t first, uint64_t last) {
  const auto rows = session.Query(kOwn, {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<OwnRegistrationMove> moves;
  for (const db::Row& row : *rows) moves.push_back({row.Id(5), FromRow(row)});
  return moves;
}

}  // namespace wenming::activity
