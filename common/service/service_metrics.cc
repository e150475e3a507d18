#include "common/service/service_metrics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wenming::service {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;
using Labels = std::map<std::string, std::string>;

Counter* MakeCounter(Registry& registry, const char* name, const char* help, const Labels& labels = {}) {
  return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

Gauge* MakeGauge(Registry& registry, const char* name, const char* help, const Labels& labels = {}) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

Histogram* MakeHistogram(Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(
      {}, Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10});
}

Gauge* Connections(Registry& registry, const char* state) {
  return MakeGauge(registry, "wenming_db_connections", "Database connections, by state.", {{"state", state}});
}

double SecondsOf(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

class ConsumerMetrics : public outbox::ConsumerObserver {
 public:
  ConsumerMetrics(const std::string& source, Registry& registry, const observe::Logger& logger, observe::Clock clock)
      : source_(source),
        logger_(logger),
        clock_(std::move(clock)),
        applied_(MakeCounter(registry, "wenming_events_applied_total", "Events applied.", {{"source", source}})),
        failures_(MakeCounter(registry, "wenming_events_failures_total", "Attempts to apply events that failed.",
                              {{"source", source}})),
        shown_cursor_(MakeGauge(registry, "wenming_events_cursor", "The last applied event.", {{"source", source}})),
        shown_head_(MakeGauge(registry, "wenming_events_head", "The last event of the source.", {{"source", source}})),
        shown_level_(MakeGauge(registry, "wenming_events_level_time_seconds",
                               "What the source had recorded by then is applied.", {{"source", source}})),
        ahead_(MakeGauge(registry, "wenming_events_ahead",
                         "By how many events the cursor was beyond the source's last, at most since the start.",
                         {{"source", source}})),
        parked_(MakeGauge(registry, "wenming_events_parked",
                          "Events that could not be applied and wait for a person; at most 10000 are counted.",
                          {{"source", source}})) {
    Reach(clock_());
  }

  void Applied(int events, int64_t cursor, absl::Time record_time) override {
    applied_->Increment(events);
    // The source's clock may be ahead of this one.
    Reach(std::min(record_time, clock_()));
    Loaded(cursor);
  }

  void Loaded(int64_t cursor) override {
    cursor_ = cursor;
    shown_cursor_->Set(static_cast<double>(cursor));
    Compare();
  }

  void Heard(int64_t head) override {
    head_ = head;
    heard_time_ = clock_();
    shown_head_->Set(static_cast<double>(head));
    ahead_->Set(std::max(ahead_->Value(), static_cast<double>(cursor_ - head)));
    Compare();
  }

  void Waiting(int64_t parked) override { parked_->Set(static_cast<double>(parked)); }

  void Parked(const events::v1::Event& event, const absl::Status& status) override {
    logger_.Error("an event was parked", {{"source", source_},
                                          {"cursor", event.cursor()},
                                          {"type", event.payload().type_url()},
                                          {"error", std::string(status.message())}});
  }

  void Failed(const absl::Status& status) override {
    failures_->Increment();
    logger_.Warn("events cannot be applied now", {{"source", source_}, {"error", std::string(status.message())}});
  }

 private:
  // All that there was when the source last told is applied.
  void Compare() {
    if (cursor_ >= head_) Reach(heard_time_);
  }

  void Reach(absl::Time time) {
    level_ = std::max(level_, time);
    shown_level_->Set(SecondsOf(level_));
  }

  const std::string source_;
  const observe::Logger& logger_;
  const observe::Clock clock_;
  int64_t cursor_ = 0, head_ = 0;
  absl::Time heard_time_ = absl::InfinitePast(), level_ = absl::InfinitePast();
  Counter *applied_, *failures_;
  Gauge *shown_cursor_, *shown_head_, *shown_level_, *ahead_, *parked_;
};

}  // namespace

PoolMetrics::PoolMetrics(Registry& registry, const observe::Logger& logger)
    : logger_(logger),
      acquire_(MakeHistogram(registry, "wenming_db_acquire_seconds", "Wait for a database connection.")),
      transaction_(MakeHistogram(registry, "wenming_db_transaction_seconds", "Transactions, retries included.")),
      retries_(&prometheus::BuildCounter()
                    .Name("wenming_db_transaction_retries_total")
                    .Help("Transactions run again, by the server's error.")
                    .Register(registry)),
      failures_(MakeCounter(registry, "wenming_db_statement_failures_total", "Statements that failed.")),
      connected_(MakeCounter(registry, "wenming_db_connections_opened_total", "Connections opened.")),
      lost_(MakeCounter(registry, "wenming_db_connections_lost_total", "Connections lost.")),
      open_(Connections(registry, "open")),
      in_use_(Connections(registry, "in_use")),
      waiting_(Connections(registry, "waiting")) {}

void PoolMetrics::Acquired(absl::Duration waited) { acquire_->Observe(absl::ToDoubleSeconds(waited)); }
void PoolMetrics::Committed(absl::Duration took) { transaction_->Observe(absl::ToDoubleSeconds(took)); }
void PoolMetrics::Retried(int number) { retries_->Add({{"number", absl::StrCat(number)}}).Increment(); }

void PoolMetrics::Failed(int number, std::string_view text) {
  failures_->Increment();
  // Most texts of the server quote values of the row, which may be personal: these do not.
  constexpr int kWithoutValues[] = {1040, 1053, 1205, 1213, 1290, 1317, 1927, 2002, 2003, 2005, 2006, 2013};
  const bool quotes = std::ranges::find(kWithoutValues, number) == std::end(kWithoutValues);
  logger_.Warn("a statement failed", {{"number", number}, {"error", quotes ? std::string_view() : text}});
}

void PoolMetrics::Report(const db::PoolStats& stats) {
  open_->Set(stats.open);
  in_use_->Set(stats.in_use);
  waiting_->Set(stats.waiting);
}

OutboxMetrics::OutboxMetrics(Registry& registry, const observe::Logger& logger, absl::Time now)
    : logger_(logger),
      sequenced_(MakeCounter(registry, "wenming_outbox_sequenced_total", "Events given their place in the stream.")),
      failures_(MakeCounter(registry, "wenming_outbox_failures_total", "Attempts to sequence events that failed.")),
      level_(
          MakeGauge(registry, "wenming_outbox_level_time_seconds", "What was written before then is in the stream.")) {
  Level(now);
}

void OutboxMetrics::Level(absl::Time until) { level_->Set(SecondsOf(until)); }

void OutboxMetrics::Failed(const absl::Status& status) {
  failures_->Increment();
  logger_.Warn("the outbox cannot be sequenced now", {{"error", std::string(status.message())}});
}

AuditMetrics::AuditMetrics(Registry& registry, const observe::Logger& logger)
    : logger_(logger),
      records_(MakeCounter(registry, "wenming_audit_records_total", "Records chained into the audit log.")),
      failures_(MakeCounter(registry, "wenming_audit_failures_total",
                            "Attempts to write or chain records, or to export the head, that failed.")),
      dropped_(MakeCounter(registry, "wenming_audit_refusals_dropped_total", "Refusals that left no record.")) {}

void AuditMetrics::Failed(const absl::Status& status) {
  failures_->Increment();
  logger_.Warn("the audit log cannot be written now", {{"error", std::string(status.message())}});
}

void AuditMetrics::ExportFailed(const absl::Status& status) {
  failures_->Increment();
  logger_.Error("the head of the audit log cannot be exported", {{"error", std::string(status.message())}});
}

std::unique_ptr<outbox::ConsumerObserver> MakeConsumerMetrics(const std::string& source, Registry& registry,
                                                              const observe::Logger& logger, observe::Clock clock) {
  return std::make_unique<ConsumerMetrics>(source, registry, logger, std::move(clock));
}

}  // namespace wenming::service
