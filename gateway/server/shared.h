#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "gateway/catalog/catalog.h"
#include "gateway/limits/admission.h"
#include "gateway/net/places.h"
#include "gateway/net/server_tls.h"
#include "gateway/observe/metrics.h"
#include "gateway/observe/readiness.h"
#include "gateway/server/cache_stage.h"
#include "gateway/server/cors.h"
#include "gateway/server/local_pages.h"
#include "gateway/server/metadata.h"
#include "gateway/server/ops.h"
#include "gateway/server/route_table.h"

namespace wenming::gateway {

// What all loops share; immutable or thread-safe, and longer-lived than they are.
struct Shared {
  const Catalog& catalog;
  const RouteTable& routes;
  const HeaderPolicy& policy;
  const LocalPages& pages;
  const Ops* ops;  // null: there is no such page
  const Cors& cors;
  CacheMetrics& cache;
  size_t cache_bytes;                              // of each loop
  const std::vector<size_t>& back_end_of_package;  // Method::backend → index of the back end
  Metrics& metrics;
  limits::Admission& admission;
  Readiness& readiness;
  const std::vector<CallMetrics*>& edge_methods;  // in the order of the catalog's methods
  CallMetrics* unknown_edge_method;
  std::chrono::milliseconds call_time;       // the longest a call may take
  std::chrono::milliseconds stream_comment;  // how often a silent event stream shows that it lives
  ServerTls* http_tls;                       // null: HTTP is plaintext
  ServerTls* edge_tls;                       // null: the edge is plaintext
  Places& http_places;
  Places& edge_places;
};

}  // namespace wenming::gateway
