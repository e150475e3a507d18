#include "activity_svc/supplements/supplements_store.h"

#include "absl/strings/str_cat.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using S = v1::Supplement;

constexpr char kSelect[] =
    "SELECT id, shift_id, activity_id, volunteer_id, start_time, end_time, minutes, reason, evidence,"
    " evidence_reference, state, requester, decider, decision_reason, publication_end_time, create_time"
    " FROM supplements";
constexpr char kById[] = " WHERE center_id = ? AND id = ?";
constexpr char kOfShift[] = " WHERE center_id = ? AND shift_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kOwn[] = " WHERE center_id = ? AND volunteer_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
constexpr char kOwnMoves[] =
    "SELECT m.supplement_id, m.to_state, m.actor, m.reason, m.move_time"
    " FROM supplements s JOIN supplement_moves m ON m.center_id = s.center_id AND m.supplement_id = s.id"
    " WHERE s.center_id = ? AND s.volunteer_id = ? AND s.id BETWEEN ? AND ?"
    " ORDER BY m.supplement_id, m.move_time, m.to_state";
constexpr char kInsert[] =
    "INSERT INTO supplements (center_id, id, shift_id, activity_id, volunteer_id, start_time, end_time, minutes, "
    "reason,"
    " evidence, evidence_reference, state, live, requester, decider, decision_reason, create_time, update_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, '', '', ?, ?)";
constexpr char kUpdate[] =
    "UPDATE supplements SET state = ?, live = ?, decider = ?, decision_reason = ?, publication_end_time = ?,"
    " update_time = ? WHERE center_id = ? AND id = ?";
constexpr char kInsertMove[] =
    "INSERT INTO supplement_moves (center_id, supplement_id, to_state, actor, reason, move_time)"
    " VALUES (?, ?, ?, ?, ?, ?)";

Supplement FromRow(const db::Row& row) {
  return {.id = row.Id(0),
          .shift_id = row.Id(1),
          .activity_id = row.Id(2),
          .volunteer_id = row.Id(3),
          .start_time = row.Time(4),
          .end_time = row.Time(5),
          .minutes = static_cast<int>(row.Int(6)),
          .reason = row.Text(7),
          .evidence = row.Text(8),
          .evidence_reference = row.Text(9),
          .state = row.Enum<SupplementState>(10),
          .requester = row.Text(11),
          .decider = row.Text(12),
          .decision_reason = row.Text(13),
          .publication_end_time = row.OptionalTime(14),
          .create_time = row.Time(15)};
}

absl::Status KeepMove(db::Transaction& transaction, uint64_t center_id, const Supplement& s, std::string_view actor,
                      std::string_view reason, absl::Time now) {
  return transaction.Execute(kInsertMove, {center_id, s.id, s.state, actor, reason, now}).status();
}

}  // namespace

absl::StatusOr<Supplement> LoadSupplement(db::Session& session, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(absl::StrCat(kSelect, kById), {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("supplements", id));
  return FromRow(**row);
}

absl::Status InsertSupplement(db::Transaction& transaction, uint64_t center_id, const Supplement& s) {
  const absl::Status inserted =
      transaction
          .Execute(kInsert,
                   {center_id, s.id, s.shift_id, s.activity_id, s.volunteer_id, s.start_time, s.end_time, s.minutes,
                    s.reason, s.evidence, s.evidence_reference, s.state, s.requester, s.create_time, s.create_time})
          .status();
  if (db::IsDuplicateKey(inserted, "once_in_shift")) {
    return errors::AlreadyExists(type::REASON_ALREADY_EXISTS, {{"what", "supplement"}});
  }
  if (!inserted.ok()) return inserted;
  return KeepMove(transaction, center_id, s, s.requester, s.reason, s.create_time);
}

absl::Status SaveMove(db::Transaction& transaction, uint64_t center_id, const Supplement& s, std::string_view actor,
                      std::string_view reason, absl::Time now) {
  const bool live = s.state != S::STATE_REJECTED && s.state != S::STATE_REVERSED;
  const auto updated = transaction.Execute(kUpdate, {s.state, live ? db::Value(1) : db::Value(), s.decider,
                                                     s.decision_reason, s.publication_end_time, now, center_id, s.id});
  if (!updated.ok()) return updated.status();
  return KeepMove(transaction, center_id, s, actor, reason, now);
}

absl::StatusOr<std::vector<Supplement>> ListSupplements(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                        uint64_t after, int limit) {
  const auto rows = session.Query(absl::StrCat(kSelect, kOfShift), {center_id, shift_id, after, limit});
  if (!rows.ok()) return rows.status();
  std::vector<Supplement> supplements;
  for (const db::Row& row : *rows) supplements.push_back(FromRow(row));
  return supplements;
}

absl::StatusOr<std::vector<Supplement>> ListOwnSupplements(db::Session& session, uint64_t center_id,
                                                           uint64_t volunteer_id, uint64_t before, int limit) {
  const auto rows = session.Query(absl::StrCat(kSelect, kOwn), {center_id, volunteer_id, before, limit});
  if (!rows.ok()) return rows.status();
  std::vector<Supplement> supplements;
  for (const db::Row& row : *rows) supplements.push_back(FromRow(row));
  return supplements;
}

absl::StatusOr<std::vector<OwnSupplementMove>> ListOwnSupplementMoves(db::Session& session, uint64_t center_id,
                                                                      uint64_t volunteer_id, uint64_t first,
                                                                      uint64_t last) {
  const auto rows = session.Query(kOwnMoves, {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<OwnSupplementMove> moves;
  for (const db::Row& row : *rows) {
    moves.push_back({row.Id(0), row.Enum<SupplementState>(1), row.Text(2), row.Text(3), row.Time(4)});
  }
  return moves;
}

}  // namespace wenming::activity
