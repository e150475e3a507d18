#include "gateway/cache/answer_cache.h"

#include <utility>

namespace wenming::gateway {
namespace {

// The nodes of list and map, counters, and what the allocator adds.
constexpr size_t kOverhead = 512;
constexpr size_t kMostShare = 4;

// Headers are kept twice, as pairs and as text.
size_t BytesOf(const std::shared_ptr<const http::Prepared>& prepared) {
  return prepared == nullptr ? 0 : prepared->body.size() + 3 * prepared->text.size() + sizeof(http::Prepared);
}

}  // namespace

size_t CachedAnswer::bytes() const { return BytesOf(plain) + BytesOf(packed) + sizeof(CachedAnswer); }

std::shared_ptr<const CachedAnswer> AnswerCache::Find(std::string_view key, Time now) {
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  const Entries::iterator entry = found->second;
  if (entry->answer->expires <= now) {
    Erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->answer;
}

void AnswerCache::Put(std::string key, std::shared_ptr<const CachedAnswer> answer) {
  if (auto found = by_key_.find(key); found != by_key_.end()) Erase(found->second);
  const size_t bytes = answer->bytes() + 2 * key.size() + kOverhead;
  if (bytes > max_bytes_ / kMostShare) return;
  while (bytes_ + bytes > max_bytes_) Erase(std::prev(entries_.end()));
  entries_.push_front({std::move(key), std::move(answer), bytes});
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
}

void AnswerCache::Erase(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace wenming::gateway
