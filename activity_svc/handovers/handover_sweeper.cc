#include "activity_svc/handovers/handover_sweeper.h"

#include "absl/time/clock.h"
#include "activity_svc/handovers/handovers_store.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

constexpr int kBatch = 200;
// For one transaction; the database's time, not that of the business.
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

absl::StatusOr<absl::Time> SweepHandovers(db::Pool& db, absl::Time now) {
  const auto waiting =
      db::Read(db, absl::Now() + kPatience, [](db::Session& session) { return ListWaitingHandovers(session, kBatch); });
  if (!waiting.ok()) return waiting.status();
  for (const WaitingHandover& one : *waiting) {
    if (one.expire_time > now) return one.expire_time;
    const db::TransactionOptions options{.deadline = absl::Now() + kPatience, .repeatable = true};
    const auto lapsed = db::RunTransaction(db, options, [&](db::Transaction& tx) {
      Handover handover{.id = one.id};
      return AnswerHandover(tx, one.center_id, handover, v1::Handover::STATE_LAPSED, now);
    });
    if (!lapsed.ok()) return lapsed.status();
  }
  return waiting->empty() ? absl::InfiniteFuture() : now;
}

}  // namespace wenming::activity
