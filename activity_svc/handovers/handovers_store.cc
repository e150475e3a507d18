#include "activity_svc/handovers/handovers_store.h"

#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using H = v1::Handover;

constexpr char kLoad[] =
    "SELECT h.id, h.registration_id, h.shift_id, h.giver_id, h.taker_id, h.wanted_shift_id, h.state, h.expire_time,"
    " h.create_time, h.update_time, g.volunteer_number, g.masked_name, t.volunteer_number, t.masked_name"
    " FROM handovers h LEFT JOIN volunteers g ON g.center_id = h.center_id AND g.id = h.giver_id"
    " LEFT JOIN volunteers t ON t.center_id = h.center_id AND t.id = h.taker_id WHERE h.center_id = ? AND h.id = ?";
// The page is chosen from the two indexes; only its rows are read.
constexpr char kListOf[] =
    "SELECT h.id, h.registration_id, h.shift_id, h.giver_id, h.taker_id, h.wanted_shift_id, h.state, h.expire_time,"
    " h.create_time, h.update_time, g.volunteer_number, g.masked_name, t.volunteer_number, t.masked_name FROM ("
    "(SELECT id FROM handovers WHERE center_id = ? AND giver_id = ? AND id < ? ORDER BY id DESC LIMIT ?) UNION ALL"
    " (SELECT id FROM handovers WHERE center_id = ? AND taker_id = ? AND id < ? ORDER BY id DESC LIMIT ?)"
    " ORDER BY id DESC LIMIT ?) page JOIN handovers h ON h.center_id = ? AND h.id = page.id"
    " LEFT JOIN volunteers g ON g.center_id = h.center_id AND g.id = h.giver_id"
    " LEFT JOIN volunteers t ON t.center_id = h.center_id AND t.id = h.taker_id ORDER BY h.id DESC";
constexpr char kInsert[] =
    "INSERT INTO handovers (center_id, id, registration_id, shift_id, giver_id, taker_id, wanted_shift_id, state, "
    "waits,"
    " due_time, expire_time, create_time, update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)";
constexpr char kAnswer[] =
    "UPDATE handovers SET state = ?, waits = NULL, due_time = NULL, update_time = ?"
    " WHERE center_id = ? AND id = ? AND waits = 1";
constexpr char kByNumber[] = "SELECT id FROM volunteers WHERE center_id = ? AND volunteer_number = ? LIMIT 1";
constexpr char kInShift[] =
    "SELECT id FROM registrations WHERE center_id = ? AND shift_id = ? AND volunteer_id = ? AND live = 1";
constexpr char kWaiting[] =
    "SELECT center_id, id, giver_id, due_time FROM handovers WHERE due_time IS NOT NULL ORDER BY due_time LIMIT ?";

Handover FromRow(const db::Row& row) {
  return Handover{.id = row.Id(0),
                  .registration_id = row.Id(1),
                  .shift_id = row.Id(2),
                  .giver_id = row.Id(3),
                  .taker_id = row.Id(4),
                  .wanted_shift_id = row.Id(5),
                  .state = row.Enum<HandoverState>(6),
                  .expire_time = row.Time(7),
                  .create_time = row.Time(8),
                  .update_time = row.Time(9),
                  .giver_number = row.Text(10),
                  .giver_masked_name = row.Text(11),
                  .taker_number = row.Text(12),
                  .taker_masked_name = row.Text(13)};
}

v1::Notice::Kind KindOf(HandoverState state) {
  switch (state) {
    case H::STATE_PROPOSED:
      return v1::Notice::KIND_HANDOVER_PROPOSED;
    case H::STATE_ACCEPTED:
      return v1::Notice::KIND_HANDOVER_ACCEPTED;
    case H::STATE_DECLINED:
      return v1::Notice::KIND_HANDOVER_DECLINED;
    case H::STATE_WITHDRAWN:
      return v1::Notice::KIND_HANDOVER_WITHDRAWN;
    case H::STATE_LAPSED:
      return v1::Notice::KIND_HANDOVER_LAPSED;
    default:
      return v1::Notice::KIND_UNSPECIFIED;
  }
}

// Of what the giver does the taker is told; of all else the giver.
absl::Status TellOf(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, const Handover& handover) {
  const bool waits = handover.state == H::STATE_PROPOSED;
  const bool by_giver = waits || handover.state == H::STATE_WITHDRAWN;
  return TellOfHandover(transaction, center_id, handover.id,
                        {.id = ids.Next(),
                         .volunteer_id = by_giver ? handover.taker_id : handover.giver_id,
                         .kind = KindOf(handover.state),
                         .create_time = handover.update_time,
                         .due_time = waits ? std::optional(handover.expire_time) : std::nullopt});
}

absl::StatusOr<uint64_t> FirstId(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  return row->has_value() ? (*row)->Id(0) : 0;
}

}  // namespace

v1::Handover ToProto(const Handover& handover, uint64_t reader_id) {
  v1::Handover proto;
  proto.set_name(ids::ResourceName("handovers", handover.id));
  proto.set_registration(ids::ResourceName("registrations", handover.registration_id));
  proto.set_shift(ids::ResourceName("shifts", handover.shift_id));
  proto.set_giver_number(handover.giver_number);
  proto.set_giver_masked_name(handover.giver_masked_name);
  proto.set_taker_number(handover.taker_number);
  // A number that was tried out must not tell a name.
  const bool known = reader_id == handover.taker_id || handover.state == H::STATE_ACCEPTED;
  if (known) proto.set_taker_masked_name(handover.taker_masked_name);
  proto.set_wanted_shift(OptionalName("shifts", handover.wanted_shift_id));
  proto.set_state(handover.state);
  *proto.mutable_expire_time() = ToProto(handover.expire_time);
  *proto.mutable_create_time() = ToProto(handover.create_time);
  *proto.mutable_update_time() = ToProto(handover.update_time);
  return proto;
}

absl::StatusOr<Handover> LoadHandover(db::Session& session, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(kLoad, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("handovers", id));
  return FromRow(**row);
}

absl::Status InsertHandover(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, const Handover& h) {
  const absl::Status inserted =
      transaction
          .Execute(kInsert, {center_id, h.id, h.registration_id, h.shift_id, h.giver_id, h.taker_id, h.wanted_shift_id,
                             h.state, h.expire_time, h.expire_time, h.create_time, h.create_time})
          .status();
  if (inserted.ok()) return TellOf(transaction, ids, center_id, h);
  if (!db::IsDuplicateKey(inserted, "one_waits")) return inserted;
  return errors::AlreadyExists(type::REASON_ALREADY_EXISTS,
                               {{"what", ids::ResourceName("registrations", h.registration_id) + "/handovers"}});
}

absl::StatusOr<bool> AnswerHandover(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                                    Handover& handover, HandoverState answer, absl::Time now) {
  const auto answered = transaction.Execute(kAnswer, {answer, now, center_id, handover.id});
  if (!answered.ok()) return answered.status();
  if (*answered == 0) return false;
  handover.state = answer;
  handover.update_time = now;
  if (auto status = TellOf(transaction, ids, center_id, handover); !status.ok()) return status;
  return true;
}

absl::StatusOr<std::vector<Handover>> ListHandoversOf(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      uint64_t before, int limit) {
  const auto rows = session.Query(
      kListOf, {center_id, volunteer_id, before, limit, center_id, volunteer_id, before, limit, limit, center_id});
  if (!rows.ok()) return rows.status();
  std::vector<Handover> handovers;
  handovers.reserve(rows->size());
  for (const db::Row& row : *rows) handovers.push_back(FromRow(row));
  return handovers;
}

absl::StatusOr<uint64_t> FindByNumber(db::Session& session, uint64_t center_id, std::string_view number) {
  return FirstId(session.QueryOne(kByNumber, {center_id, number}));
}

absl::StatusOr<uint64_t> FindInShift(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                     uint64_t volunteer_id) {
  return FirstId(session.QueryOne(kInShift, {center_id, shift_id, volunteer_id}));
}

absl::StatusOr<std::vector<WaitingHandover>> ListWaitingHandovers(db::Session& session, int limit) {
  const auto rows = session.Query(kWaiting, {limit});
  if (!rows.ok()) return rows.status();
  std::vector<WaitingHandover> waiting;
  for (const db::Row& row : *rows) waiting.push_back({row.Id(0), row.Id(1), row.Id(2), row.Time(3)});
  return waiting;
}

}  // namespace wenming::activity
