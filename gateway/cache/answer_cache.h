#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "gateway/http/prepared.h"

namespace wenming::gateway {

class CallMetrics;

// An answer that is kept, ready to be sent. Immutable.
struct CachedAnswer {
  using Time = std::chrono::steady_clock::time_point;

  std::shared_ptr<const http::Prepared> plain;
  std::shared_ptr<const http::Prepared> packed;  // gzip; null where that is not worth it
  http::Headers known;                           // what 304 says
  std::string tag;                               // as ETag has it
  Time stored;
  Time expires;
  CallMetrics* metrics = nullptr;  // what its requests are counted by

  // Roughly the memory it takes.
  size_t bytes() const;
};

// Answers by key, no more of them than fit into so many bytes: who was asked for least recently gives way. Time comes
// in. Not thread-safe.
class AnswerCache {
 public:
  using Time = CachedAnswer::Time;

  explicit AnswerCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Null when there is none, or none that is still fresh.
  std::shared_ptr<const CachedAnswer> Find(std::string_view key, Time now);
  // In place of what the key had. One that would take more than a quarter of the room is not kept.
  void Put(std::string key, std::shared_ptr<const CachedAnswer> answer);

  size_t bytes() const { return bytes_; }
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const CachedAnswer> answer;
    size_t bytes;
  };
  using Entries = std::list<Entry>;
  void Erase(Entries::iterator entry);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  Entries entries_;  // the most recently asked for first
  absl::flat_hash_map<std::string_view, Entries::iterator> by_key_;
};

}  // namespace wenming::gateway
