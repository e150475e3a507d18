// Metrics of what stands below the RPCs: the database pool, the outbox, the consumers.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/audit/chain.h"
#include "common/audit/refusals.h"
#include "common/db/pool.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/outbox/consumer.h"
#include "common/outbox/sequencer.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace wenming::service {

// wenming_db_acquire_seconds, wenming_db_transaction_seconds, wenming_db_transaction_retries_total{number},
// wenming_db_statement_failures_total, wenming_db_connections_opened_total, wenming_db_connections_lost_total,
// wenming_db_connections{state}. Thread-safe. Logs what the database says of a failure.
class PoolMetrics : public db::PoolObserver {
 public:
  PoolMetrics(prometheus::Registry& registry, const observe::Logger& logger);

  void Acquired(absl::Duration waited) override;
  void Connected() override { connected_->Increment(); }
  void ConnectionLost() override { lost_->Increment(); }
  void Committed(absl::Duration took) override;
  void Retried(int number) override;
  void Failed(int number, std::string_view text) override;

  // Sets wenming_db_connections{state="open"|"in_use"|"waiting"}.
  void Report(const db::PoolStats& stats);

 private:
  const observe::Logger& logger_;
  prometheus::Histogram* acquire_;
  prometheus::Histogram* transaction_;
  prometheus::Family<prometheus::Counter>* retries_;
  prometheus::Counter* failures_;
  prometheus::Counter* connected_;
  prometheus::Counter* lost_;
  prometheus::Gauge *open_, *in_use_, *waiting_;
};

// wenming_outbox_sequenced_total, wenming_outbox_failures_total, wenming_outbox_level_time_seconds: what was written
// before then is in the stream. It begins with `now`, and stands where nothing goes on.
class OutboxMetrics : public outbox::SequencerObserver {
 public:
  OutboxMetrics(prometheus::Registry& registry, const observe::Logger& logger, absl::Time now);
  void Sequenced(int events) override { sequenced_->Increment(events); }
  void Level(absl::Time until) override;
  void Failed(const absl::Status& status) override;

 private:
  const observe::Logger& logger_;
  prometheus::Counter* sequenced_;
  prometheus::Counter* failures_;
  prometheus::Gauge* level_;
};

// wenming_audit_records_total, wenming_audit_failures_total, wenming_audit_refusals_dropped_total.
class AuditMetrics : public audit::ChainerObserver, public audit::RefusalsObserver {
 public:
  AuditMetrics(prometheus::Registry& registry, const observe::Logger& logger);
  void Chained(int records) override { records_->Increment(records); }
  void Dropped(int refusals) override { dropped_->Increment(refusals); }
  void Failed(const absl::Status& status) override;
  // The outside could not be told of the head.
  void ExportFailed(const absl::Status& status);

 private:
  const observe::Logger& logger_;
  prometheus::Counter* records_;
  prometheus::Counter* failures_;
  prometheus::Counter* dropped_;
};

// wenming_events_applied_total{source}, wenming_events_failures_total{source}, and as of now:
// wenming_events_cursor{source} of the last applied event, wenming_events_head{source} of the last one that there is;
// wenming_events_level_time_seconds{source}: what the source had recorded by then is applied. It begins with now, and
// stands, so that its age grows, where the source is silent or its events are not applied, for whatever reason;
// wenming_events_ahead{source}: by how many events the cursor was beyond the head, at most since the start. It stays,
// for the stream grows until it hides that, and what came meanwhile was never applied;
// wenming_events_parked{source}: rows of parked_events.
std::unique_ptr<outbox::ConsumerObserver> MakeConsumerMetrics(const std::string& source, prometheus::Registry& registry,
                                                              const observe::Logger& logger, observe::Clock clock);

}  // namespace wenming::service
