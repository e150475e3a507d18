// Applies the events of activity_svc to the ledger and counts what came of it.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/observe/clock.h"
#include "common/outbox/consumer.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "volunteer_svc/hours/hours_rules.h"
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
  // What a credit is worth in metrics.
  struct Gain {
    int64_t minutes;
    int star_before, star_after;
  };
  struct Levels {
    std::vector<StarLevel> levels;
    absl::Time read_time;
  };

  absl::StatusOr<Gain> GainOf(db::Transaction& transaction, uint64_t center_id, const Credit& credit, absl::Time now);

  const observe::Clock clock_;
  outbox::ConsumerObserver silent_;
  outbox::ConsumerObserver& next_;
  prometheus::Counter& minutes_;
  std::vector<prometheus::Counter*> stars_;  // [star - 1]
  std::map<int64_t, Gain> pending_;          // by cursor: applied, perhaps not committed
  std::map<uint64_t, Levels> levels_;        // by center; they change once in years
};

}  // namespace wenming::volunteer
