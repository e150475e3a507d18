#pragma once

#include <memory>
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
  Router router;

  // INVALID_ARGUMENT or ALREADY_EXISTS, naming method and template, for a rule that cannot be served.
  static absl::StatusOr<std::unique_ptr<const RouteTable>> Make(const Catalog& catalog, Metrics& metrics);
};

}  // namespace wenming::gateway
