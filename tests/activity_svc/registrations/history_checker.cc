#include "tests/activity_svc/registrations/history_checker.h"

#include "absl/strings/str_cat.h"
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
  for (const uint64_t id : acknowledged) {
    const auto row = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
      return session.QueryOne("SELECT 1 FROM registrations WHERE center_id = ? AND id = ?", {center_id_, id});
    });
    if (!row.ok() || !row->has_value()) faults.push_back(absl::StrCat("acknowledged, but not there: ", id));
  }
  return faults;
}

}  // namespace wenming::activity
