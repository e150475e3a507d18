#include "activity_svc/registrations/offer_sweeper.h"

#include "absl/time/clock.h"
#include "activity_svc/due_rows.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

// For one transaction; the database's time, not that of the business.
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

absl::StatusOr<absl::Time> SweepOffers(db::Pool& db, ids::Generator& ids, const Metrics& metrics, absl::Time now) {
  const auto list = [&db](int limit) {
    return db::Read(db, absl::Now() + kPatience,
                    [limit](db::Session& session) { return ListOpenOffers(session, limit); });
  };
  const auto row_of = [](const OpenOffer& offer) {
    return DueRow{offer.center_id, offer.registration_id, offer.expire_time};
  };
  return DoDueRows(now, list, row_of, [&](const OpenOffer& offer) {
    const db::TransactionOptions options{.deadline = absl::Now() + kPatience, .repeatable = true};
    const auto lapse = db::RunTransaction(db, options, [&](db::Transaction& tx) {
      return LapseIfDue(tx, ids, offer.center_id, offer.shift_id, offer.registration_id, now);
    });
    if (!lapse.ok()) return lapse.status();
    if (lapse->lapsed) metrics.lapsed.Increment();
    if (lapse->offered_again) metrics.offered.Increment();
    return absl::OkStatus();
  });
}

}  // namespace wenming::activity
