#include "common/auth/token_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/string_view.h"

namespace wenming::auth {
namespace {

absl::string_view Key(std::string_view token) { return {token.data(), token.size()}; }

}  // namespace

TokenCache::Shard& TokenCache::ShardOf(std::string_view token) {
  // A token ends with its signature: as good as random.
  const size_t tail = std::min<size_t>(token.size(), 16);
  return shards_[std::hash<std::string_view>()(token.substr(token.size() - tail)) % kShards];
}

std::shared_ptr<const Claims> TokenCache::Find(std::string_view token) {
  Shard& shard = ShardOf(token);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.young.find(Key(token)); found != shard.young.end()) return found->second;
  const auto found = shard.old.find(Key(token));
  if (found == shard.old.end()) return nullptr;
  std::shared_ptr<const Claims> claims = found->second;
  shard.old.erase(found);
  InsertLocked(shard, token, claims);
  return claims;
}

void TokenCache::Insert(std::string_view token, std::shared_ptr<const Claims> claims) {
  Shard& shard = ShardOf(token);
  const std::lock_guard lock(shard.mutex);
  InsertLocked(shard, token, std::move(claims));
}

void TokenCache::InsertLocked(Shard& shard, std::string_view token, std::shared_ptr<const Claims> claims) const {
  if (shard.young.size() >= shard_capacity_) shard.old = std::exchange(shard.young, {});
  shard.young.insert_or_assign(Key(token), std::move(claims));
}

}  // namespace wenming::auth
