#include "gateway/limits/connection_counts.h"

#include <utility>

#include "absl/hash/hash.h"

namespace wenming::gateway::limits {

ConnectionCounts::Place::Place(Place&& other) noexcept
    : counts_(std::exchange(other.counts_, nullptr)), key_(std::move(other.key_)) {}

ConnectionCounts::Place& ConnectionCounts::Place::operator=(Place&& other) noexcept {
  if (this == &other) return *this;
  Reset();
  counts_ = std::exchange(other.counts_, nullptr);
  key_ = std::move(other.key_);
  return *this;
}

ConnectionCounts::Place::~Place() { Reset(); }

void ConnectionCounts::Place::Reset() {
  auto* counts = std::exchange(counts_, nullptr);
  if (counts == nullptr) return;
  Shard& shard = counts->Of(key_);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  const auto found = shard.open.find(key_);
  if (--found->second == 0) shard.open.erase(found);
}

ConnectionCounts::Shard& ConnectionCounts::Of(const std::string& key) {
  return shards_[absl::Hash<std::string>()(key) % shards_.size()];
}

std::optional<ConnectionCounts::Place> ConnectionCounts::TryOpen(std::string key) {
  if (most_ == 0) return Place();
  Shard& shard = Of(key);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  size_t& count = shard.open[key];
  if (count >= most_) return std::nullopt;
  ++count;
  return Place(*this, std::move(key));
}

size_t ConnectionCounts::addresses() const {
  size_t all = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard<std::mutex> lock(shard.mutex);
    all += shard.open.size();
  }
  return all;
}

}  // namespace wenming::gateway::limits
