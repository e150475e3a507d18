#include "activity_svc/registrations/offer_sweeper.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

constexpr int kBatch = 200;
// For one transaction; the database's time, not that of the business.
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

absl::StatusOr<absl::Time> SweepOffers(db::Pool& db, const Metrics& metrics, absl::Time now) {
  const auto offers =
      db::Read(db, absl::Now() + kPatience, [](db::Session& session) { return ListOpenOffers(session, kBatch); });
  if (!offers.ok()) return offers.status();
  absl::Status failed;
  for (const OpenOffer& offer : *offers) {
    if (offer.expire_time > now) return failed.ok() ? absl::StatusOr<absl::Time>(offer.expire_time) : failed;
    const db::TransactionOptions options{.deadline = absl::Now() + kPatience, .repeatable = true};
    const auto lapse = db::RunTransaction(db, options, [&](db::Transaction& tx) {
      return LapseIfDue(tx, offer.center_id, offer.shift_id, offer.registration_id, now);
    });
    if (!lapse.ok()) {
      failed = lapse.status();
      continue;
    }
    if (lapse->lapsed) metrics.lapsed.Increment();
    if (lapse->offered_again) metrics.offered.Increment();
  }
  if (!failed.ok()) return failed;
  return offers->empty() ? absl::InfiniteFuture() : now;
}

}  // namespace wenming::activity
