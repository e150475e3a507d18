#include "volunteer_svc/hours/hours_consumer.h"

#include <string>
#include <utility>

#include "volunteer_svc/hours/hours_store.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::volunteer {
namespace {

constexpr int kMostStars = 5;
constexpr absl::Duration kKeepLevels = absl::Minutes(1);

prometheus::Counter& MinutesCounter(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("wenming_hours_credited_minutes_total")
      .Help("Minutes of service credited to the ledger.")
      .Register(registry)
      .Add({});
}

std::vector<prometheus::Counter*> StarCounters(prometheus::Registry& registry) {
  auto& family = prometheus::BuildCounter()
                     .Name("wenming_stars_reached_total")
                     .Help("Volunteers who reached a star by the hours credited.")
                     .Register(registry);
  std::vector<prometheus::Counter*> counters;
  for (int star = 1; star <= kMostStars; ++star) counters.push_back(&family.Add({{"star", std::to_string(star)}}));
  return counters;
}

}  // namespace

HoursConsumer::HoursConsumer(observe::Clock clock, prometheus::Registry& registry, outbox::ConsumerObserver* next)
    : clock_(std::move(clock)),
      next_(next != nullptr ? *next : silent_),
      minutes_(MinutesCounter(registry)),
      stars_(StarCounters(registry)) {}

absl::Status HoursConsumer::Apply(db::Transaction& transaction, const events::v1::Event& event) {
  pending_.erase(event.cursor());
  if (!event.payload().Is<activity::v1::HoursSettled>()) return absl::OkStatus();
  activity::v1::HoursSettled settled;
  if (!event.payload().UnpackTo(&settled)) return absl::InvalidArgumentError("HoursSettled cannot be read");
  const absl::Time now = clock_();
  const auto credit = ApplyHoursSettled(transaction, event.center_id(), settled, now);
  if (!credit.ok()) return credit.status();
  if (credit->minutes == 0) return absl::OkStatus();
  const auto gain = GainOf(transaction, event.center_id(), *credit, now);
  if (!gain.ok()) return gain.status();
  pending_[event.cursor()] = *gain;
  return absl::OkStatus();
}

absl::StatusOr<HoursConsumer::Gain> HoursConsumer::GainOf(db::Transaction& transaction, uint64_t center_id,
                                                          const Credit& credit, absl::Time now) {
  Levels& known = levels_[center_id];
  if (known.levels.empty() || now - known.read_time > kKeepLevels) {
    auto levels = HoursStore::StarLevels(transaction, center_id);
    if (!levels.ok()) return levels.status();
    known = {.levels = *std::move(levels), .read_time = now};
  }
  return Gain{.minutes = credit.minutes,
              .star_before = StarOf(known.levels, credit.balance_minutes - credit.minutes),
              .star_after = StarOf(known.levels, credit.balance_minutes)};
}

void HoursConsumer::Applied(int events, int64_t cursor, absl::Time record_time) {
  for (auto it = pending_.begin(); it != pending_.end() && it->first <= cursor; it = pending_.erase(it)) {
    const Gain& gain = it->second;
    minutes_.Increment(static_cast<double>(gain.minutes));
    for (int star = gain.star_before + 1; star <= gain.star_after && star <= kMostStars; ++star) {
      stars_[static_cast<size_t>(star - 1)]->Increment();
    }
  }
  next_.Applied(events, cursor, record_time);
}

void HoursConsumer::Parked(const events::v1::Event& event, const absl::Status& why) {
  pending_.erase(event.cursor());
  next_.Parked(event, why);
}

void HoursConsumer::Failed(const absl::Status& status) { next_.Failed(status); }

}  // namespace wenming::volunteer
