#include "gateway/server/cache_stage.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "gateway/http/content_coding.h"
#include "gateway/server/conditions.h"
#include "gateway/server/response.h"

namespace wenming::gateway {
namespace {

constexpr size_t kTagBytes = 16;

prometheus::Counter& Asked(prometheus::Registry& registry, const char* outcome) {
  return prometheus::BuildCounter()
      .Name("gateway_cache_requests_total")
      .Help("Requests whose answer may be kept, by whether it was there.")
      .Register(registry)
      .Add({{"outcome", outcome}});
}

// Forwarded like the others, but no service answers a public read by it.
bool ChangesNothing(std::string_view name) { return name == "user-agent" || name == "accept-language"; }

bool Has(const http::Request& request, std::string_view name) { return !request.Header(name).empty(); }

}  // namespace

CacheMetrics::CacheMetrics(prometheus::Registry& registry)
    : hits(Asked(registry, "hit")),
      misses(Asked(registry, "miss")),
      bytes(prometheus::BuildGauge()
                .Name("gateway_cache_bytes")
                .Help("Memory of the answers that are kept.")
                .Register(registry)
                .Add({})) {}

CacheStage::CacheStage(const HeaderPolicy& policy, size_t max_bytes, CacheMetrics& metrics)
    : policy_(policy), answers_(max_bytes), metrics_(metrics), vary_("Accept-Encoding, Accept-Language") {
  for (const std::string& name : policy.forwarded()) {
    if (!ChangesNothing(name) && name != "authorization") absl::StrAppend(&vary_, ", ", name);
  }
}

bool CacheStage::MayShare(const http::Request& request) const {
  return (request.method == "GET" || request.method == "HEAD") && request.body.empty() &&
         !Has(request, "authorization") && !Has(request, "if-match") && !Has(request, "request-timeout") &&
         !Has(request, "grpc-timeout") && !Has(request, "x-http-method-override");
}

const std::string& CacheStage::KeyOf(const http::Request& request) {
  const bool english = errors::ParseAcceptLanguage(request.Header("accept-language")) == errors::Language::kEnglish;
  key_.assign(english ? "en " : "zh ").append(request.target);
  for (const auto& [name, value] : request.headers) {
    if (policy_.Forwards(name) && !ChangesNothing(name)) key_.append("\n").append(name).append(": ").append(value);
  }
  return key_;
}

std::shared_ptr<const CachedAnswer> CacheStage::Find(const http::Request& request, Time now) {
  if (answers_.size() == 0 || !MayShare(request)) return nullptr;
  auto found = answers_.Find(KeyOf(request), now);
  found == nullptr ? Report() : metrics_.hits.Increment();
  return found;
}

bool CacheStage::Takes(const ApiCall& call) const {
  return call.binding->method->max_age_seconds > 0 && MayShare(call.request);
}

std::shared_ptr<CacheStage::Flight> CacheStage::Join(std::shared_ptr<ApiCall> call) {
  metrics_.misses.Increment();
  std::shared_ptr<Flight>& flight = flights_[KeyOf(call->request)];
  if (flight == nullptr) flight = std::make_shared<Flight>();
  flight->waiting.push_back(std::move(call));
  return flight;
}

void CacheStage::Leave(const ApiCall& call) {
  auto found = flights_.find(KeyOf(call.request));
  if (found == flights_.end()) return;
  auto& waiting = found->second->waiting;
  waiting.erase(std::remove_if(waiting.begin(), waiting.end(), [&](const auto& other) { return other.get() == &call; }),
                waiting.end());
  if (!waiting.empty()) return;
  auto upstream = found->second->upstream.lock();
  flights_.erase(found);
  if (upstream != nullptr) upstream->Cancel();
}

std::vector<std::shared_ptr<ApiCall>> CacheStage::Land(const ApiCall& call) {
  auto found = flights_.find(KeyOf(call.request));
  if (found == flights_.end()) return {};
  auto waiting = std::move(found->second->waiting);
  flights_.erase(found);
  return waiting;
}

std::shared_ptr<const CachedAnswer> CacheStage::Keep(const ApiCall& call, Answer answer, Time now) {
  const std::string own = TagText(answer.etag, /*weak=*/false);
  const int seconds = call.binding->method->max_age_seconds;
  auto kept = std::make_shared<CachedAnswer>();
  kept->tag =
      !own.empty() ? own : absl::StrCat("W/\"", crypto::Hex(crypto::Sha256(answer.body).substr(0, kTagBytes)), "\"");
  kept->stored = now;
  kept->expires = now + std::chrono::seconds(seconds);
  kept->metrics = call.metrics;
  http::Headers about = {{"Cache-Control", absl::StrCat("public, max-age=", seconds)}, {"Vary", vary_}};
  http::Headers headers = about;
  AddContentHeaders(answer, headers);
  const std::string packed = PackedBody(call.binding, answer);
  if (!packed.empty()) {
    http::Headers in_gzip = headers;
    in_gzip.emplace_back("Content-Encoding", "gzip");
    in_gzip.emplace_back("ETag", own.empty() ? kept->tag : absl::StrCat("W/", own));
    kept->packed = std::make_shared<http::Prepared>(std::move(in_gzip), packed);
  }
  about.emplace_back("ETag", kept->tag);
  headers.emplace_back("ETag", kept->tag);
  kept->known = std::move(about);
  kept->plain = std::make_shared<http::Prepared>(std::move(headers), std::move(answer.body));
  answers_.Put(KeyOf(call.request), kept);
  Report();
  return kept;
}

void CacheStage::Report() {
  metrics_.bytes.Increment(static_cast<double>(answers_.bytes()) - static_cast<double>(reported_));
  reported_ = answers_.bytes();
}

std::optional<int> Give(const CachedAnswer& answer, const http::Request& request, http::Response rest,
                        http::Exchange& exchange) {
  const std::string_view known = request.Header("if-none-match");
  if (!known.empty() && http::NamesTag(known, answer.tag)) {
    rest.status = 304;
    rest.headers.insert(rest.headers.end(), answer.known.begin(), answer.known.end());
    exchange.Send(std::move(rest));
    return 304;
  }
  const bool packed = answer.packed != nullptr && http::AcceptsGzip(request.Header("accept-encoding"));
  const std::shared_ptr<const http::Prepared>& whole = packed ? answer.packed : answer.plain;
  if (!exchange.TakeRoomFor(*whole)) return std::nullopt;
  exchange.SendPrepared(std::move(rest), whole);
  return 200;
}

}  // namespace wenming::gateway
