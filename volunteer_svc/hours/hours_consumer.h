// Applies the events of activity_svc to the ledger and counts what came of it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "common/db/session.h"
#include "common/observe/clock.h"
#include "common/outbox/consumer.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "volunteer_svc/hours/ledger.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::volunteer {

// Both halves of an outbox::Consumer: what it applies and whom it tells. Counts wenming_hours_credited_minutes_total
// and wenming_stars_reached_total{star} once the transaction is committed, not for attempts that were rolled back.
//
// Used by the consumer's thread alone.
class HoursConsumer : public outbox::ConsumerObserver {
 public:
  // `next` hears everything too; may be null. All must outlive this.
  HoursConsumer(observe::Clock clock, prometheus::Registry& registry, outbox::ConsumerObserver* next);

  // An outbox::Apply.
  absl::Status Apply(db::Transaction& transaction, const events::v1::Event& event);

  void Applied(int events, int64_t cursor, absl::Time record_time) override;
  void Parked(const events::v1::Event& event, const absl::Status& why) override;
  void Failed(const absl::Status& status) override;

 private:
  const observe::Clock clock_;
  outbox::ConsumerObserver silent_;
  outbox::ConsumerObserver& next_;
  prometheus::Counter& minutes_;
  std::vector<prometheus::Counter*> stars_;  // [star - 1]
  std::map<int64_t, Credit> pending_;        // by cursor: applied, perhaps not committed
};

}  // namespace wenming::volunteer
