#include "activity_svc/registrations/absences.h"

#include <algorithm>
#include <vector>

#include "activity_svc/volunteers/volunteers_store.h"
#include "wenming/activity/v1/attendance.pb.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {
namespace {

constexpr char kAbsences[] =
    "SELECT end_time FROM registrations WHERE center_id = ? AND volunteer_id = ? AND end_time > ? AND state = ?"
    " ORDER BY end_time";
constexpr char kSave[] =
    "UPDATE volunteers SET absence_count = ?, locked_until_time = ? WHERE center_id = ? AND id = ?";
constexpr char kMissing[] =
    "SELECT r.volunteer_id FROM registrations r LEFT JOIN attendances a ON a.center_id = r.center_id"
    " AND a.registration_id = r.id WHERE r.center_id = ? AND r.shift_id = ? AND r.state = ?"
    " AND (a.state IS NULL OR a.state = ?) ORDER BY r.volunteer_id";

}  // namespace

Lock LockAfter(std::span<const absl::Time> absences, const Policy& policy) {
  Lock lock;
  auto first = absences.begin();
  for (auto last = absences.begin(); last != absences.end(); ++last) {
    while (*first <= *last - policy.absence_window()) ++first;
    const int count = static_cast<int>(last - first) + 1;
    const bool enough = policy.absences_before_lock > 0 && count >= policy.absences_before_lock;
    if (enough) lock.until = *last + policy.lock();
    if (enough || !lock.until) lock.absences = count;
  }
  return lock;
}

absl::Status RefreshLock(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id, const Policy& policy,
                         absl::Time now) {
  // What is older has no part in a lock that still lasts.
  const absl::Time since = now - policy.absence_window() - policy.lock();
  const auto rows = transaction.Query(kAbsences, {center_id, volunteer_id, since, v1::Registration::STATE_ABSENT});
  if (!rows.ok()) return rows.status();
  std::vector<absl::Time> absences;
  for (const db::Row& row : *rows) absences.push_back(row.Time(0));
  const Lock lock = LockAfter(absences, policy);
  return transaction.Execute(kSave, {lock.absences, lock.until, center_id, volunteer_id}).status();
}

absl::Status LockThoseMissing(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id) {
  const auto rows = transaction.Query(
      kMissing, {center_id, shift_id, v1::Registration::STATE_CONFIRMED, v1::Attendance::STATE_AUTO_CLOSED});
  if (!rows.ok()) return rows.status();
  std::vector<uint64_t> missing;
  for (const db::Row& row : *rows) missing.push_back(row.Id(0));
  return LockVolunteers(transaction, center_id, missing).status();
}

}  // namespace wenming::activity
