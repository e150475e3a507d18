#include "common/reseal/resealer.h"

#include <string>
#include <utility>

namespace wenming::reseal {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);  // for one statement's turn

}  // namespace

Resealer::Resealer(db::Pool& pool, const crypto::DataCipher& cipher, std::vector<SealedTable> tables,
                   prometheus::Registry& registry, const observe::Logger& logger, observe::Clock clock,
                   ResealerOptions options)
    : pool_(pool),
      cipher_(cipher),
      tables_(std::move(tables)),
      logger_(logger),
      clock_(std::move(clock)),
      options_(options),
      left_(prometheus::BuildGauge()
                .Name("wenming_reseal_rows_left")
                .Help("Rows that an older data key has sealed.")
                .Register(registry)),
      count_time_(prometheus::BuildGauge()
                      .Name("wenming_reseal_count_time_seconds")
                      .Help("When the last count of such rows began.")
                      .Register(registry)
                      .Add({})),
      thread_([this] { Run(); }) {}

Resealer::~Resealer() {
  stop_.Notify();
  thread_.join();
}

void Resealer::Run() {
  std::string fault;
  do {
    const absl::Status looked = Due() ? LookAtAll() : absl::OkStatus();
    const std::string now(looked.message());
    if (!looked.ok() && now != fault) logger_.Error("re-encryption has come to a halt", {{"error", now}});
    fault = now;
  } while (!stop_.WaitForNotificationWithTimeout(options_.interval));
}

bool Resealer::Due() {
  const std::vector<uint16_t> known = cipher_.Generations();
  return known.size() > 1 || known != counted_;
}

absl::Status Resealer::LookAtAll() {
  const std::vector<uint16_t> known = cipher_.Generations();
  const absl::Time began = clock_();
  for (const SealedTable& table : tables_) {
    prometheus::Gauge& left = left_.Add({{"table", table.name}});
    if (absl::Status walked = Walk(table, left); !walked.ok()) return walked;
    if (stop_.HasBeenNotified()) return absl::OkStatus();
  }
  count_time_.Set(absl::ToDoubleSeconds(began - absl::UnixEpoch()));
  counted_ = known;
  return absl::OkStatus();
}

absl::Status Resealer::Walk(const SealedTable& table, prometheus::Gauge& left) {
  const TableResealer resealer(pool_, cipher_, table);
  auto count = resealer.CountLeft(clock_() + kPatience);
  if (!count.ok()) return count.status();
  left.Set(static_cast<double>(*count));
  if (*count == 0) return absl::OkStatus();
  Step all;
  while (!all.finished && !stop_.WaitForNotificationWithTimeout(options_.pause)) {
    const auto step = resealer.Take(options_.rows, clock_() + kPatience);
    if (!step.ok()) return step.status();
    all.resealed += step->resealed;
    all.unreadable += step->unreadable;
    all.finished = step->finished;
  }
  logger_.Info("re-encrypted", {{"table", table.name}, {"cells", all.resealed}});
  if (all.unreadable > 0) logger_.Error("cells do not open", {{"table", table.name}, {"cells", all.unreadable}});
  count = resealer.CountLeft(clock_() + kPatience);
  if (!count.ok()) return count.status();
  left.Set(static_cast<double>(*count));
  return absl::OkStatus();
}

}  // namespace wenming::reseal
