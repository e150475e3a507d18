// Remembers the claims of verified tokens, so that a repeated token costs no signature check.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "common/auth/claims.h"

namespace wenming::auth {

// Holds two generations of entries: when the young one is full it becomes the old one, and what the old one held and
// nobody asked for since is forgotten. Thread-safe; sharded, so that threads rarely meet.
class TokenCache {
 public:
  // Remembers the last `capacity` tokens at least and up to twice as many.
  explicit TokenCache(size_t capacity) : shard_capacity_(capacity / kShards + 1) {}

  // The claims put in for exactly this text, or null.
  std::shared_ptr<const Claims> Find(std::string_view token);
  void Insert(std::string_view token, std::shared_ptr<const Claims> claims);

 private:
  static constexpr size_t kShards = 16;
  using Entries = absl::flat_hash_map<std::string, std::shared_ptr<const Claims>>;
  struct alignas(64) Shard {
    std::mutex mutex;
    Entries young, old;
  };

  Shard& ShardOf(std::string_view token);
  void InsertLocked(Shard& shard, std::string_view token, std::shared_ptr<const Claims> claims) const;

  const size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
};

}  // namespace wenming::auth
