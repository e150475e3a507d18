#include "activity_svc/handovers/handover_sweeper.h"

#include "absl/time/clock.h"
#include "activity_svc/due_rows.h"
#include "activity_svc/handovers/handovers_store.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

// For one transaction; the database's time, not that of the business.
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

absl::StatusOr<absl::Time> SweepHandovers(db::Pool& db, ids::Generator& ids, absl::Time now) {
  const auto list = [&db](int limit) {
    return db::Read(db, absl::Now() + kPatience,
                    [limit](db::Session& session) { return ListWaitingHandovers(session, limit); });
  };
  const auto row_of = [](const WaitingHandover& one) { return DueRow{one.center_id, one.id, one.expire_time}; };
  return DoDueRows(now, list, row_of, [&](const WaitingHandover& one) {
    const db::TransactionOptions options{.deadline = absl::Now() + kPatience, .repeatable = true};
    return db::RunTransaction(db, options, [&](db::Transaction& tx) -> absl::Status {
      Handover handover{.id = one.id, .giver_id = one.giver_id};
      const auto lapsed = AnswerHandover(tx, ids, one.center_id, handover, v1::Handover::STATE_LAPSED, now);
      return lapsed.ok() ? absl::OkStatus() : lapsed.status();
    });
  });
}

}  // namespace wenming::activity
