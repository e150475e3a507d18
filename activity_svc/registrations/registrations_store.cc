#include "activity_svc/registrations/registrations_store.h"

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "common/db/errors.h"
#include "common/db/shapes.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

constexpr char kFrom[] =
    ", r.reason FROM registrations r LEFT JOIN volunteers v ON v.center_id = r.center_id AND v.id = r.volunteer_id";
constexpr char kById[] = " WHERE r.center_id = ? AND r.id = ?";
constexpr char kFirstWaiting[] =
    " WHERE r.center_id = ? AND r.shift_id = ? AND r.state = ? ORDER BY r.waitlist_position LIMIT 1";
constexpr char kRoster[] =
    " WHERE r.center_id = ? AND r.shift_id = ? AND r.state >= ? AND r.state <= ? AND (r.state > ?"
    " OR r.waitlist_position > ? OR (r.waitlist_position = ? AND r.id > ?))"
    " ORDER BY r.state, r.waitlist_position, r.id LIMIT ?";
constexpr char kOwn[] = " WHERE r.center_id = ? AND r.volunteer_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?";
constexpr char kInsert[] =
    "INSERT INTO registrations (center_id, id, shift_id, activity_id, volunteer_id, state, live, waitlist_position,"
    " start_time, end_time, reason, create_time, update_time) VALUES ";
constexpr char kInsertRow[] = "(?, ?, ?, ?, ?, ?, 1, ?, ?, ?, '', ?, ?)";
constexpr size_t kInsertColumns = 11;
constexpr char kByIds[] = " WHERE r.center_id = ? AND r.id IN ";
constexpr char kInState[] = "r.center_id = ? AND r.id = ? AND r.state = ?";
constexpr char kChange[] =
    "UPDATE registrations r SET state = ?, live = ?, offer_expire_time = ?, reason = ?, update_time = ? WHERE ";
constexpr char kFindOwn[] =
    "SELECT id, shift_id, state FROM registrations WHERE center_id = ? AND volunteer_id = ? AND end_time > ?"
    " AND start_time < ? AND live = 1 ORDER BY end_time, id";
constexpr char kFindOwnOfAll[] =
    "SELECT volunteer_id, id, shift_id, state, start_time, end_time FROM registrations WHERE center_id = ?"
    " AND end_time > ? AND end_time < ? AND start_time < ? AND live = 1 AND volunteer_id IN ";
constexpr char kEverRegistered[] =
    "SELECT DISTINCT volunteer_id FROM registrations WHERE center_id = ? AND shift_id = ? ORDER BY volunteer_id"
    " LIMIT ?";
constexpr char kSignedUp[] =
    "SELECT 1 FROM registrations WHERE center_id = ? AND shift_id = ? AND volunteer_id = ? AND live = 1";
constexpr char kAllInStates[] = "r.center_id = ? AND r.shift_id = ? AND r.state IN (?, ?, ?)";
constexpr char kEndAll[] =
    "UPDATE registrations r SET state = ?, live = NULL, offer_expire_time = NULL, reason = ?, update_time = ? WHERE ";
constexpr char kThese[] = "r.center_id = ? AND r.state = ? AND r.id IN (";
constexpr char kOutcome[] = "UPDATE registrations r SET state = ?, live = ?, reason = ?, update_time = ? WHERE ";
constexpr char kOffers[] =
    "SELECT center_id, shift_id, id, offer_expire_time FROM registrations WHERE offer_expire_time IS NOT NULL"
    " ORDER BY offer_expire_time LIMIT ?";

// Registrations in one IN list, at most.
constexpr size_t kChunk = 512;

Registration FromRow(const db::Row& row) {
  Registration registration = RegistrationOf(row);
  registration.reason = row.Text(13);
  return registration;
}

absl::StatusOr<std::vector<Registration>> Select(db::Session& session, std::string_view where,
                                                 std::span<const db::Value> values) {
  const auto rows = session.Query(
      absl::StrCat("SELECT ", kRegistrationColumns, kFrom, absl::string_view(where.data(), where.size())), values);
  if (!rows.ok()) return rows.status();
  std::vector<Registration> registrations;
  registrations.reserve(rows->size());
  for (const db::Row& row : *rows) registrations.push_back(FromRow(row));
  return registrations;
}

absl::StatusOr<std::vector<Registration>> Select(db::Session& session, std::string_view where,
                                                 std::initializer_list<db::Value> values) {
  return Select(session, where, std::span(values.begin(), values.size()));
}

// Those who gave their place up make room for another sign-up of the same person.
bool Gone(RegistrationState state) {
  return state == R::STATE_CANCELLED || state == R::STATE_LATE_CANCELLED || state == R::STATE_LAPSED ||
         state == R::STATE_EXCUSED || state == R::STATE_SWAPPED;
}

db::Value LiveMark(RegistrationState state) { return Gone(state) ? db::Value() : db::Value(1); }

// Keeps the moves of all that the condition finds and makes them; says how many. `to` is a state of those who are gone.
absl::StatusOr<int64_t> EndAll(db::Transaction& transaction, RegistrationState to, const Cause& cause,
                               std::initializer_list<db::Value> which) {
  const auto kept =
      KeepMoves(transaction, to, std::nullopt, cause, kAllInStates, std::span(which.begin(), which.size()));
  if (!kept.ok() || *kept == 0) return kept;
  std::vector<db::Value> values = {to, cause.reason, cause.now};
  values.insert(values.end(), which);
  return transaction.Execute(absl::StrCat(kEndAll, kAllInStates), values);
}

}  // namespace

Registration RegistrationOf(const db::Row& row) {
  return {.id = row.Id(0),
          .shift_id = row.Id(1),
          .activity_id = row.Id(2),
          .volunteer_id = row.Id(3),
          .state = row.Enum<RegistrationState>(4),
          .waitlist_position = row.Int(5),
          .offer_expire_time = row.OptionalTime(6),
          .start_time = row.Time(7),
          .end_time = row.Time(8),
          .create_time = row.Time(9),
          .update_time = row.Time(10),
          .volunteer_number = row.Text(11),
          .masked_name = row.Text(12)};
}

absl::StatusOr<Registration> LoadRegistration(db::Session& session, uint64_t center_id, uint64_t id) {
  auto found = Select(session, kById, {center_id, id});
  if (!found.ok()) return found.status();
  if (found->empty()) return errors::NotFound(ids::ResourceName("registrations", id));
  return std::move(found->front());
}

absl::StatusOr<std::unordered_map<uint64_t, Registration>> LoadRegistrations(db::Session& session, uint64_t center_id,
                                                                             std::span<const uint64_t> ids) {
  std::unordered_map<uint64_t, Registration> by_id;
  if (ids.empty()) return by_id;
  std::vector<db::Value> values = {center_id};
  db::AppendInList(values, ids);
  auto found = Select(session, kByIds + db::InList(ids.size()), values);
  if (!found.ok()) return found.status();
  for (Registration& registration : *found) by_id.emplace(registration.id, std::move(registration));
  return by_id;
}

absl::Status InsertRegistrations(db::Transaction& transaction, uint64_t center_id,
                                 std::span<const Registration> registrations) {
  std::vector<db::Value> values;
  values.reserve(registrations.size() * kInsertColumns);
  for (const Registration& r : registrations) {
    values.insert(values.end(), {center_id, r.id, r.shift_id, r.activity_id, r.volunteer_id, r.state,
                                 r.waitlist_position, r.start_time, r.end_time, r.create_time, r.create_time});
  }
  const absl::Status inserted = db::InsertRows(transaction, kInsert, kInsertRow, kInsertColumns, values);
  if (!db::IsDuplicateKey(inserted, "once_in_shift")) return inserted;
  return errors::AlreadyExists(type::REASON_ALREADY_SIGNED_UP);
}

absl::Status ChangeState(db::Transaction& transaction, uint64_t center_id, Registration& registration,
                         RegistrationState to, std::optional<absl::Time> offer_expire_time, const Cause& cause) {
  const std::vector<db::Value> which = {center_id, registration.id, registration.state};
  const auto kept = KeepMoves(transaction, to, offer_expire_time, cause, kInState, which);
  if (!kept.ok()) return kept.status();
  if (Gone(to)) registration.reason = std::string(cause.reason);
  std::vector<db::Value> values = {to, LiveMark(to), offer_expire_time, registration.reason, cause.now};
  values.insert(values.end(), which.begin(), which.end());
  const auto changed = transaction.Execute(absl::StrCat(kChange, kInState), values);
  if (!changed.ok()) return changed.status();
  if (*changed != 1) return errors::Aborted(type::REASON_CONFLICT);
  registration.state = to;
  registration.offer_expire_time = offer_expire_time;
  registration.update_time = cause.now;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Registration>> FirstWaiting(db::Transaction& transaction, uint64_t center_id,
                                                         uint64_t shift_id) {
  auto found = Select(transaction, kFirstWaiting, {center_id, shift_id, R::STATE_WAITLISTED});
  if (!found.ok()) return found.status();
  if (found->empty()) return std::optional<Registration>();
  return std::optional<Registration>(std::move(found->front()));
}

absl::StatusOr<std::vector<OwnRegistration>> FindOwn(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                     absl::Time start, absl::Time end) {
  const auto rows = session.Query(kFindOwn, {center_id, volunteer_id, start, end});
  if (!rows.ok()) return rows.status();
  std::vector<OwnRegistration> own;
  for (const db::Row& row : *rows) own.push_back({row.Id(0), row.Id(1), row.Enum<RegistrationState>(2)});
  return own;
}

bool EndsBefore(const HeldRegistration& a, const HeldRegistration& b) {
  return std::tie(a.end_time, a.own.id) < std::tie(b.end_time, b.own.id);
}

absl::StatusOr<std::vector<HeldRegistration>> FindOwnOfAll(db::Session& session, uint64_t center_id,
                                                           std::span<const uint64_t> volunteer_ids, absl::Time start,
                                                           absl::Time end) {
  std::vector<HeldRegistration> held;
  if (volunteer_ids.empty()) return held;
  // No shift is longer than that: so the index alone leaves out what comes later.
  std::vector<db::Value> values = {center_id, start, end + kLongestShift, end};
  db::AppendInList(values, volunteer_ids);
  const auto rows = session.Query(kFindOwnOfAll + db::InList(volunteer_ids.size()), values);
  if (!rows.ok()) return rows.status();
  held.reserve(rows->size());
  for (const db::Row& row : *rows) {
    held.push_back({.volunteer_id = row.Id(0),
                    .own = {row.Id(1), row.Id(2), row.Enum<RegistrationState>(3)},
                    .start_time = row.Time(4),
                    .end_time = row.Time(5)});
  }
  std::sort(held.begin(), held.end(), EndsBefore);
  return held;
}

absl::StatusOr<std::vector<uint64_t>> ListEverRegistered(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                         int limit) {
  const auto rows = session.Query(kEverRegistered, {center_id, shift_id, limit});
  if (!rows.ok()) return rows.status();
  std::vector<uint64_t> ids;
  ids.reserve(rows->size());
  for (const db::Row& row : *rows) ids.push_back(row.Id(0));
  return ids;
}

absl::StatusOr<bool> IsSignedUp(db::Session& session, uint64_t center_id, uint64_t shift_id, uint64_t volunteer_id) {
  const auto row = session.QueryOne(kSignedUp, {center_id, shift_id, volunteer_id});
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::Status CancelAllOfShift(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id, const Cause& cause) {
  return EndAll(transaction, R::STATE_CANCELLED, cause,
                {center_id, shift_id, R::STATE_CONFIRMED, R::STATE_WAITLISTED, R::STATE_OFFERED})
      .status();
}

absl::StatusOr<int64_t> LapseAllOfShift(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                                        RegistrationState state, const Cause& cause) {
  return EndAll(transaction, R::STATE_LAPSED, cause, {center_id, shift_id, state, state, state});
}

absl::Status SetOutcome(db::Transaction& transaction, uint64_t center_id, const std::vector<uint64_t>& ids,
                        RegistrationState outcome, const Cause& cause) {
  for (std::span<const uint64_t> rest = ids; !rest.empty();) {
    const auto chunk = rest.first(std::min(kChunk, rest.size()));
    rest = rest.subspan(chunk.size());
    // Filled to a power of two with the last id, so that few statements are prepared.
    const size_t size = std::bit_ceil(chunk.size());
    std::vector<db::Value> which = {center_id, R::STATE_CONFIRMED};
    for (size_t i = 0; i < size; ++i) which.emplace_back(chunk[std::min(i, chunk.size() - 1)]);
    const std::string condition = absl::StrCat(kThese, db::Placeholders(size), ")");
    const auto kept = KeepMoves(transaction, outcome, std::nullopt, cause, condition, which);
    if (!kept.ok()) return kept.status();
    std::vector<db::Value> values = {outcome, LiveMark(outcome), cause.reason, cause.now};
    values.insert(values.end(), which.begin(), which.end());
    const auto changed = transaction.Execute(kOutcome + condition, values);
    if (!changed.ok()) return changed.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Registration>> ListRoster(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                     RegistrationState state, const RosterPosition& after, int limit) {
  const bool all = state == R::STATE_UNSPECIFIED;
  const int least = all ? after.state : state;
  const int most = all ? R::State_MAX : state;
  return Select(session, kRoster,
                {center_id, shift_id, least, most, after.state, after.waitlist_position, after.waitlist_position,
                 after.id, limit});
}

absl::StatusOr<std::vector<Registration>> ListOwn(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                  uint64_t before, int limit) {
  return Select(session, kOwn, {center_id, volunteer_id, before, limit});
}

absl::StatusOr<std::vector<OpenOffer>> ListOpenOffers(db::Session& session, int limit) {
  const auto rows = session.Query(kOffers, {limit});
  if (!rows.ok()) return rows.status();
  std::vector<OpenOffer> offers;
  for (const db::Row& row : *rows) offers.push_back({row.Id(0), row.Id(1), row.Id(2), row.Time(3)});
  return offers;
}

}  // namespace wenming::activity
