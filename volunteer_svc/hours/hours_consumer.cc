#include "volunteer_svc/hours/hours_consumer.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "volunteer_svc/hours/hours_store.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::volunteer {
namespace {

constexpr int kMostStars = 5;
constexpr absl::Duration kKeepLevels = absl::Minutes(1);

prometheus::Counter& MinutesCounter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
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

// The entry that an event asks for; nothing for events of other kinds.
absl::StatusOr<std::optional<HourEntry>> Asked(const events::v1::Event& event, absl::Time now) {
  activity::v1::HoursSettled settled;
  activity::v1::HoursReversed reversed;
  absl::StatusOr<HourEntry> entry = absl::InvalidArgumentError("the event cannot be read");
  if (event.payload().Is<activity::v1::HoursSettled>()) {
    if (event.payload().UnpackTo(&settled)) entry = EntryOf(event.center_id(), settled, now);
  } else if (event.payload().Is<activity::v1::HoursReversed>()) {
    if (event.payload().UnpackTo(&reversed)) entry = EntryOf(event.center_id(), reversed, now);
  } else {
    return std::optional<HourEntry>();
  }
  if (!entry.ok()) return entry.status();
  return std::optional<HourEntry>(*std::move(entry));
}

}  // namespace

HoursConsumer::HoursConsumer(observe::Clock clock, prometheus::Registry& registry, outbox::ConsumerObserver* next,
                             outbox::Partition partition)
    : clock_(std::move(clock)),
      partition_(partition),
      next_(next != nullptr ? *next : silent_),
      credited_(MinutesCounter(registry, "wenming_hours_credited_minutes_total",
                               "Minutes of service credited to the ledger.")),
      reversed_(MinutesCounter(registry, "wenming_hours_reversed_minutes_total",
                               "Minutes of service taken back from the ledger.")),
      stars_(StarCounters(registry)) {}

absl::Status HoursConsumer::Apply(db::Transaction& transaction, std::span<const events::v1::Event> events) {
  pending_.erase(pending_.lower_bound(events.front().cursor()), pending_.upper_bound(events.back().cursor()));
  const absl::Time now = clock_();
  std::vector<HourEntry> entries;
  entries.reserve(events.size());
  for (const events::v1::Event& event : events) {
    if (!partition_.Has(event.key())) continue;
    auto entry = Asked(event, now);
    if (!entry.ok()) return entry.status();
    if (entry->has_value()) entries.push_back(**std::move(entry));
  }
  const auto credits = WriteHours(transaction, std::move(entries));
  if (!credits.ok()) return credits.status();
  Gains gains;
  for (const Credit& credit : *credits) {
    if (absl::Status counted = Count(transaction, credit, now, gains); !counted.ok()) return counted;
  }
  pending_[events.back().cursor()] = std::move(gains);
  return absl::OkStatus();
}

absl::Status HoursConsumer::Count(db::Transaction& transaction, const Credit& credit, absl::Time now, Gains& gains) {
  const auto levels = LevelsOf(transaction, credit.center_id, now);
  if (!levels.ok()) return levels.status();
  (credit.minutes > 0 ? gains.credited_minutes : gains.reversed_minutes) += std::abs(credit.minutes);
  const int before = StarOf(**levels, credit.balance_minutes - credit.minutes);
  const int after = StarOf(**levels, credit.balance_minutes);
  for (int star = before + 1; star <= after && star <= kMostStars; ++star) gains.stars.push_back(star);
  return absl::OkStatus();
}

absl::StatusOr<const std::vector<StarLevel>*> HoursConsumer::LevelsOf(db::Transaction& transaction, uint64_t center_id,
                                                                      absl::Time now) {
  Levels& known = levels_[center_id];
  if (known.levels.empty() || now - known.read_time > kKeepLevels) {
    auto levels = HoursStore::StarLevels(transaction, center_id);
    if (!levels.ok()) return levels.status();
    known = {.levels = *std::move(levels), .read_time = now};
  }
  return &known.levels;
}

void HoursConsumer::Applied(int events, int64_t cursor, absl::Time record_time) {
  for (auto it = pending_.begin(); it != pending_.end() && it->first <= cursor; it = pending_.erase(it)) {
    credited_.Increment(static_cast<double>(it->second.credited_minutes));
    reversed_.Increment(static_cast<double>(it->second.reversed_minutes));
    for (const int star : it->second.stars) stars_[static_cast<size_t>(star - 1)]->Increment();
  }
  next_.Applied(events, cursor, record_time);
}

void HoursConsumer::Parked(const events::v1::Event& event, const absl::Status& why) {
  pending_.erase(event.cursor());
  next_.Parked(event, why);
}

void HoursConsumer::Failed(const absl::Status& status) { next_.Failed(status); }

}  // namespace wenming::volunteer
