#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/cache/answer_cache.h"
#include "gateway/http/message.h"
#include "gateway/server/api_call.h"
#include "gateway/server/metadata.h"
#include "gateway/transcode/answer.h"
#include "gateway/upstream/unary_call.h"

namespace wenming::gateway {

// What the caches of all loops count. Thread-safe.
struct CacheMetrics {
  explicit CacheMetrics(prometheus::Registry& registry);
  prometheus::Counter& hits;
  prometheus::Counter& misses;  // of requests whose answer may be kept
  prometheus::Gauge& bytes;
};

// Keeps the answers of methods that say so, and makes one call for all who ask for the same at once. Only requests
// without Authorization, a condition on the current state or a deadline of their own take part, and only a 200 is kept.
// Belongs to one loop.
class CacheStage {
 public:
  using Time = CachedAnswer::Time;

  CacheStage(const HeaderPolicy& policy, size_t max_bytes, CacheMetrics& metrics);

  // The answer to a request as it came, nothing decoded; null when there is none.
  std::shared_ptr<const CachedAnswer> Find(const http::Request& request, Time now);

  // Whether the call's answer may be kept and shared.
  bool Takes(const ApiCall& call) const;

  // Calls that wait for the same answer.
  struct Flight {
    std::vector<std::shared_ptr<ApiCall>> waiting;
    std::weak_ptr<UnaryCall> upstream;
  };
  // The flight that the call has joined; whoever is the first of one makes the call to the service.
  std::shared_ptr<Flight> Join(std::shared_ptr<ApiCall> call);
  // Takes a call out whose client has gone; nobody needs the answer once the last has.
  void Leave(const ApiCall& call);
  // Ends the flight of the call. All who waited, in their order.
  std::vector<std::shared_ptr<ApiCall>> Land(const ApiCall& call);

  // Keeps an answer of status 200.
  std::shared_ptr<const CachedAnswer> Keep(const ApiCall& call, Answer answer, Time now);

 private:
  void Report();
  bool MayShare(const http::Request& request) const;
  // What the answer depends on: target, language and the headers that services get. Good until the next call.
  const std::string& KeyOf(const http::Request& request);

  const HeaderPolicy& policy_;
  AnswerCache answers_;
  CacheMetrics& metrics_;
  size_t reported_ = 0;  // bytes, in the metrics
  std::string vary_;
  std::string key_;
  absl::flat_hash_map<std::string, std::shared_ptr<Flight>> flights_;
};

// Answers the request with `rest`, which is its own, and the cached answer, or with 304 for who has it already. The
// status; nothing, and nothing is sent, where there is no room for it.
std::optional<int> Give(const CachedAnswer& answer, const http::Request& request, http::Response rest,
                        http::Exchange& exchange);

}  // namespace wenming::gateway
