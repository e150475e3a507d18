// Applies the events of activity_svc to the ledger and counts what came of it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/observe/clock.h"
#include "common/outbox/consumer.h"
#include "common/outbox/partition.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/ledger.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::volunteer {

// Both halves of an outbox::Consumer: what it applies and whom it tells. Counts wenming_hours_credited_minutes_total,
// wenming_hours_reversed_minutes_total and wenming_stars_reached_total{star} once the transaction is committed, not for
// attempts that were rolled back.
//
// Used by the consumer's thread alone.
class HoursConsumer : public outbox::ConsumerObserver {
 public:
  // Applies what is of `partition` and passes over the rest. `next` hears everything too; may be null. All must outlive
  // this.
  HoursConsumer(observe::Clock clock, prometheus::Registry& registry, outbox::ConsumerObserver* next,
                outbox::Partition partition = {});

  // An outbox::ApplyBatch.
  absl::Status Apply(db::Transaction& transaction, std::span<const events::v1::Event> events);

  void Applied(int events, int64_t cursor, absl::Time record_time) override;
  void Loaded(int64_t cursor) override { next_.Loaded(cursor); }
  void Heard(int64_t head) override { next_.Heard(head); }
  void Waiting(int64_t parked) override { next_.Waiting(parked); }
  void Parked(const events::v1::Event& event, const absl::Status& why) override;
  void Failed(const absl::Status& status) override;

 private:
  // What credits are worth in metrics.
  struct Gains {
    int64_t credited_minutes = 0, reversed_minutes = 0;
    std::vector<int> stars;  // reached, one for each person and star
  };
  struct Levels {
    std::vector<StarLevel> levels;
    absl::Time read_time;
  };

  absl::Status Count(db::Transaction& transaction, const Credit& credit, absl::Time now, Gains& gains);
  absl::StatusOr<const std::vector<StarLevel>*> LevelsOf(db::Transaction& transaction, uint64_t center_id,
                                                         absl::Time now);

  const observe::Clock clock_;
  const outbox::Partition partition_;
  outbox::ConsumerObserver silent_;
  outbox::ConsumerObserver& next_;
  prometheus::Counter& credited_;
  prometheus::Counter& reversed_;
  std::vector<prometheus::Counter*> stars_;  // [star - 1]
  std::map<int64_t, Gains> pending_;         // by the batch's last cursor: applied, perhaps not committed
  std::map<uint64_t, Levels> levels_;        // by center; they change once in years
};

}  // namespace wenming::volunteer
