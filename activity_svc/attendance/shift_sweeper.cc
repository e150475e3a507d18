#include "activity_svc/attendance/shift_sweeper.h"

#include "absl/time/clock.h"
#include "activity_svc/attendance/settlement.h"
#include "activity_svc/due_rows.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

// For one transaction; the database's time, not that of the business.
constexpr absl::Duration kPatience = absl::Seconds(10);

absl::Status EndIfOpen(db::Transaction& tx, ids::Generator& ids, const DueShift& due, absl::Time now) {
  auto shift = LockShift(tx, due.center_id, due.id);
  if (!shift.ok()) return shift.status();
  if (shift->state != v1::Shift::STATE_OPEN) return absl::OkStatus();  // another process, or a person, was first
  const auto policy = LoadPolicy(tx, due.center_id);
  if (!policy.ok()) return policy.status();
  return End(tx, {.center_id = due.center_id, .ids = ids, .shift = *shift, .policy = *policy, .now = now});
}

}  // namespace

absl::StatusOr<absl::Time> SweepShifts(db::Pool& db, ids::Generator& ids, absl::Time now) {
  const auto list = [&db](int limit) {
    return db::Read(db, absl::Now() + kPatience,
                    [limit](db::Session& session) { return ListDueShifts(session, limit); });
  };
  const auto row_of = [](const DueShift& shift) { return DueRow{shift.center_id, shift.id, shift.due}; };
  return DoDueRows(now, list, row_of, [&](const DueShift& due) {
    const db::TransactionOptions options{.deadline = absl::Now() + kPatience, .repeatable = true};
    return db::RunTransaction(db, options, [&](db::Transaction& tx) { return EndIfOpen(tx, ids, due, now); });
  });
}

}  // namespace wenming::activity
