#include "gateway/server/route_table.h"

#include <utility>

namespace wenming::gateway {

absl::StatusOr<std::unique_ptr<const RouteTable>> RouteTable::Make(const Catalog& catalog, Metrics& metrics) {
  std::vector<Binding> bindings;
  std::vector<CallMetrics*> counters;
  Router::Builder builder;
  for (const Method& method : catalog.methods()) {
    auto compiled = CompileBindings(method);
    if (!compiled.ok()) return compiled.status();
    for (Binding& binding : *compiled) {
      auto route = static_cast<uint32_t>(bindings.size());
      if (absl::Status status = builder.Add(binding.http_method, binding.path, route); !status.ok()) return status;
      counters.push_back(&metrics.Route(binding.path.text, binding.http_method));
      bindings.push_back(std::move(binding));
    }
  }
  CallMetrics* unmatched = &metrics.Route("none", "none");
  return std::unique_ptr<const RouteTable>(
      new RouteTable{std::move(bindings), std::move(counters), unmatched, std::move(builder).Build()});
}

}  // namespace wenming::gateway
