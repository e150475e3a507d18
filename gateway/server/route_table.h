#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/catalog/catalog.h"
#include "gateway/observe/metrics.h"
#include "gateway/routes/router.h"
#include "gateway/transcode/binding.h"

namespace wenming::gateway {

// Every HTTP route of a catalog, with what it is counted by. Immutable and thread-safe.
struct RouteTable {
  std::vector<Binding> bindings;      // the router's route numbers index them
  std::vector<CallMetrics*> metrics;  // in the same order
  CallMetrics* unmatched = nullptr;   // requests that fit no route
  // Where two methods have the same route, one answering JSON and the other a google.api.HttpBody, the number of the
  // latter: it is the page for people, who ask with a browser. In the same order; empty for all others.
  std::vector<std::optional<uint32_t>> pages;
  Router router;

  // The route itself, or its page where the Accept header names text/html, and not application/json before it.
  uint32_t Choose(uint32_t route, std::string_view accept) const;

  // INVALID_ARGUMENT or ALREADY_EXISTS, naming method and template, for a rule that cannot be served.
  static absl::StatusOr<std::unique_ptr<const RouteTable>> Make(const Catalog& catalog, Metrics& metrics);
};

}  // namespace wenming::gateway
