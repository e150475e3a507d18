#include "tests/activity_svc/registrations/history_checker.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

// CONFIRMED and OFFERED hold a place, WAITLISTED waits, LAPSED was asked: 1, 3, 2, 4.
constexpr char kCounters[] =
    "SELECT s.id, s.taken_count, s.waitlisted_count FROM shifts s LEFT JOIN"
    " (SELECT shift_id, COUNT(CASE WHEN state IN (1, 3) THEN 1 END) AS held, COUNT(CASE WHEN state = 2 THEN 1 END)"
    "  AS waiting FROM registrations GROUP BY shift_id) r ON r.shift_id = s.id"
    " WHERE s.taken_count <> COALESCE(r.held, 0) OR s.waitlisted_count <> COALESCE(r.waiting, 0)"
    " OR COALESCE(r.held, 0) > s.capacity OR (s.waitlisted_count > 0 AND s.taken_count < s.capacity)";
constexpr char kOverlaps[] =
    "SELECT a.id, b.id, a.volunteer_id FROM registrations a JOIN registrations b ON b.volunteer_id = a.volunteer_id"
    " AND b.id > a.id AND b.start_time < a.end_time AND a.start_time < b.end_time"
    " WHERE a.state = 1 AND b.state = 1";
constexpr char kTwice[] =
    "SELECT MIN(id), MAX(id), volunteer_id FROM registrations WHERE state IN (1, 2, 3) GROUP BY shift_id, volunteer_id"
    " HAVING COUNT(*) > 1";
constexpr char kOutOfTurn[] =
    "SELECT w.id, o.id, w.shift_id FROM registrations w JOIN registrations o ON o.shift_id = w.shift_id"
    " AND o.waitlist_position > w.waitlist_position WHERE w.state = 2 AND o.state IN (1, 3, 4)";
// What a person is told of a move, by who made it: the kinds of Notice. What one did oneself is told to nobody, nor
// that a shift is over for which one waited.
constexpr char kKindOfMove[] =
    "CASE WHEN m.actor LIKE 'volunteers/%' THEN NULL WHEN m.to_state = 3 THEN 4 WHEN m.to_state = 2 THEN 5"
    " WHEN m.to_state = 4 AND m.from_state = 3 THEN 5 WHEN m.to_state = 5 AND m.actor LIKE 'staff/%' THEN 6"
    " WHEN m.to_state = 5 THEN 7 WHEN m.to_state = 10 THEN 8 WHEN m.to_state = 9 THEN 9 END";
constexpr char kUntold[] =
    "SELECT told.id, told.number, COUNT(n.id) FROM (SELECT r.id, r.volunteer_id, m.number, m.move_time, %s AS kind"
    " FROM registration_moves m JOIN registrations r ON r.id = m.registration_id) told"
    " LEFT JOIN notices n ON n.volunteer_id = told.volunteer_id AND n.source_kind = 1 AND n.source_id = told.id"
    " AND n.kind = told.kind AND n.create_time = told.move_time WHERE told.kind IS NOT NULL"
    " GROUP BY told.id, told.number HAVING COUNT(n.id) <> 1";
constexpr char kMadeUp[] =
    "SELECT n.id, n.kind, n.source_id FROM notices n LEFT JOIN (SELECT m.registration_id, m.move_time, %s AS kind"
    " FROM registration_moves m) told ON told.registration_id = n.source_id AND told.kind = n.kind"
    " AND told.move_time = n.create_time WHERE n.kind BETWEEN 4 AND 9 AND told.kind IS NULL";
// Of a proposal the taker, and of what became of it one of the two.
constexpr char kHandovers[] =
    "SELECT h.id, h.state, COUNT(n.id) FROM handovers h LEFT JOIN notices n ON n.source_kind = 3 AND n.source_id = h.id"
    " AND ((n.kind = 10 AND n.volunteer_id = h.taker_id) OR (n.kind = 9 + h.state AND h.state > 1"
    " AND n.volunteer_id = CASE WHEN h.state = 4 THEN h.taker_id ELSE h.giver_id END))"
    " GROUP BY h.id, h.state HAVING COUNT(n.id) <> CASE WHEN h.state = 1 THEN 1 ELSE 2 END";

}  // namespace

std::vector<std::string> HistoryChecker::Find(const char* what, const std::string& sql) {
  const auto rows = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return session.Query(sql); });
  if (!rows.ok()) return {rows.status().ToString()};
  std::vector<std::string> faults;
  for (const db::Row& row : *rows) {
    faults.push_back(absl::StrCat(what, ": ", row.Int(0), " ", row.Int(1), " ", row.Int(2)));
  }
  return faults;
}

std::vector<std::string> HistoryChecker::FaultsNow() {
  ++looks_;
  return Find("counters (shift, taken, waiting)", kCounters);
}

std::vector<std::string> HistoryChecker::FaultsAfter(const std::set<uint64_t>& acknowledged) {
  std::vector<std::string> faults = Find("two places at once (registrations, person)", kOverlaps);
  for (auto& fault : Find("twice in one shift (registrations, person)", kTwice)) faults.push_back(fault);
  for (auto& fault : Find("out of turn (waits, was asked, shift)", kOutOfTurn)) faults.push_back(fault);
  const std::string untold = absl::StrReplaceAll(kUntold, {{"%s", kKindOfMove}});
  const std::string made_up = absl::StrReplaceAll(kMadeUp, {{"%s", kKindOfMove}});
  for (auto& fault : Find("not told once (registration, move, notices)", untold)) faults.push_back(fault);
  for (auto& fault : Find("told what was not (notice, kind, registration)", made_up)) faults.push_back(fault);
  for (auto& fault : Find("a handover not told (handover, state, notices)", kHandovers)) faults.push_back(fault);
  for (const uint64_t id : acknowledged) {
    const auto row = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
      return session.QueryOne("SELECT 1 FROM registrations WHERE center_id = ? AND id = ?", {center_id_, id});
    });
    if (!row.ok() || !row->has_value()) faults.push_back(absl::StrCat("acknowledged, but not there: ", id));
  }
  return faults;
}

}  // namespace wenming::activity
