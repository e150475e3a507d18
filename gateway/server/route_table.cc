#include "gateway/server/route_table.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

std::string KeyOf(const Binding& binding) { return absl::StrCat(binding.http_method, " ", binding.path.text); }

bool AnswersHttpBody(const Binding& binding) {
  return binding.response_field == nullptr &&
         binding.method->descriptor->output_type()->full_name() == "google.api.HttpBody";
}

// For each binding its page, where it has one.
std::vector<std::optional<uint32_t>> FindPages(const std::vector<Binding>& bindings) {
  absl::flat_hash_map<std::string, uint32_t> in_json;
  for (uint32_t i = 0; i < bindings.size(); ++i) {
    if (!AnswersHttpBody(bindings[i])) in_json.emplace(KeyOf(bindings[i]), i);
  }
  std::vector<std::optional<uint32_t>> pages(bindings.size());
  for (uint32_t i = 0; i < bindings.size(); ++i) {
    if (!AnswersHttpBody(bindings[i])) continue;
    const auto found = in_json.find(KeyOf(bindings[i]));
    if (found != in_json.end() && !pages[found->second]) pages[found->second] = i;
  }
  return pages;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const RouteTable>> RouteTable::Make(const Catalog& catalog, Metrics& metrics) {
  std::vector<Binding> bindings;
  for (const Method& method : catalog.methods()) {
    auto compiled = CompileBindings(method);
    if (!compiled.ok()) return compiled.status();
    for (Binding& binding : *compiled) bindings.push_back(std::move(binding));
  }
  std::vector<std::optional<uint32_t>> pages = FindPages(bindings);
  std::vector<bool> is_page(bindings.size());
  for (const std::optional<uint32_t>& page : pages) {
    if (page) is_page[*page] = true;
  }
  std::vector<CallMetrics*> counters;
  Router::Builder builder;
  for (uint32_t route = 0; route < bindings.size(); ++route) {
    const Binding& binding = bindings[route];
    counters.push_back(&metrics.Route(binding.path.text, binding.http_method));
    if (binding.method->max_age_seconds > 0 && (is_page[route] || pages[route])) {
      return absl::FailedPreconditionError(
          absl::StrCat(binding.method->descriptor->full_name(),
                       " must not carry (wenming.type.caching): its route answers with a page as well"));
    }
    if (is_page[route]) continue;  // found through the route it is the page of
    if (absl::Status status = builder.Add(binding.http_method, binding.path, route); !status.ok()) return status;
  }
  CallMetrics* unmatched = &metrics.Route("none", "none");
  return std::unique_ptr<const RouteTable>(new RouteTable{std::move(bindings), std::move(counters), unmatched,
                                                          std::move(pages), std::move(builder).Build()});
}

uint32_t RouteTable::Choose(uint32_t route, std::string_view accept) const {
  if (!pages[route]) return route;
  const std::string wanted = absl::AsciiStrToLower(ToAbsl(accept));
  const size_t page = wanted.find("text/html");
  return page < wanted.find("application/json") ? *pages[route] : route;
}

}  // namespace wenming::gateway
