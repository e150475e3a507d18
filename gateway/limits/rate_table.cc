#include "gateway/limits/rate_table.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "gateway/text.h"

namespace wenming::gateway::limits {
namespace {

constexpr size_t kWays = 8;

RateTable::Duration Seconds(double seconds) {
  return std::chrono::duration_cast<RateTable::Duration>(std::chrono::duration<double>(seconds));
}

size_t SetsFor(size_t places) {
  size_t sets = 64;
  while (sets * kWays < places) sets *= 2;
  return sets;
}

}  // namespace

// Zeroed memory is a set of buckets that were full at the beginning of time, of a key that is nobody's.
struct RateTable::Set {
  struct Place {
    uint64_t key;
    Duration::rep full_at;
  };
  Place places[kWays];
};

RateTable::RateTable(Rate rate, size_t places, uint64_t seed)
    : limited_(rate.per_second > 0),
      interval_(limited_ ? Seconds(1 / rate.per_second) : Duration::zero()),
      tolerance_(limited_ ? Seconds((std::max(rate.burst, 1.0) - 1) / rate.per_second) : Duration::zero()),
      seed_(seed),
      sets_(SetsFor(places)),
      // calloc, so that the kernel gives the pages as they are used.
      table_(static_cast<Set*>(limited_ ? std::calloc(sets_, sizeof(Set)) : nullptr), std::free) {}

RateTable::~RateTable() = default;

RateTable::Duration RateTable::Take(std::string_view key, Time now) {
  if (!limited_ || table_ == nullptr) return Duration::zero();
  const uint64_t hash = absl::Hash<std::pair<uint64_t, absl::string_view>>()({seed_, ToAbsl(key)});
  const size_t index = hash & (sets_ - 1);
  Set& set = table_.get()[index];
  const std::lock_guard<std::mutex> lock(locks_[index % kLocks]);
  auto* const end = std::end(set.places);
  auto* place = std::find_if(set.places, end, [&](const auto& each) { return each.key == hash; });
  if (place == end) {
    place = std::min_element(set.places, end, [](const auto& a, const auto& b) { return a.full_at < b.full_at; });
    *place = {hash, Duration::min().count()};
  }
  const Duration present = now.time_since_epoch();
  const Duration full_at = std::max(Duration(place->full_at), present);
  const Duration wait = full_at - present - tolerance_;
  if (wait > Duration::zero()) return wait;
  place->full_at = (full_at + interval_).count();
  return Duration::zero();
}

}  // namespace wenming::gateway::limits
