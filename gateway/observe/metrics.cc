#include "gateway/observe/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>

#include "gateway/errors/codes.h"

namespace wenming::gateway {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                                  0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  return buckets;
}

// The statuses the gateway answers with; others share the last slot's neighbour.
constexpr std::array<int, 24> kStatuses = {200, 204, 304, 400, 401, 403, 404, 405, 408, 409, 412, 413,
                                           414, 415, 417, 429, 431, 499, 500, 501, 503, 504, 505, 0};

}  // namespace

CallMetrics::CallMetrics(prometheus::Family<prometheus::Counter>& handled,
                         prometheus::Family<prometheus::Histogram>& seconds, Labels labels, std::string code_label)
    : handled_(handled),
      seconds_(seconds.Add(labels, Buckets())),
      labels_(std::move(labels)),
      code_label_(std::move(code_label)) {}

void CallMetrics::Count(size_t slot, const std::string& code, double seconds) {
  auto& cached = by_code_[slot];
  prometheus::Counter* counter = cached.load(std::memory_order_acquire);
  if (counter == nullptr) {
    Labels labels = labels_;
    labels.emplace(code_label_, code);
    counter = &handled_.Add(labels);
    cached.store(counter, std::memory_order_release);
  }
  counter->Increment();
  seconds_.Observe(seconds);
}

Metrics::Metrics()
    : http_handled_(BuildCounter()
                        .Name("http_server_requests_total")
                        .Help("HTTP requests answered, by route, method and status.")
                        .Register(registry_)),
      http_seconds_(BuildHistogram()
                        .Name("http_server_request_duration_seconds")
                        .Help("Time from a request read whole to its answer.")
                        .Register(registry_)),
      edge_handled_(BuildCounter()
                        .Name("grpc_edge_handled_total")
                        .Help("gRPC calls forwarded and ended, by service, method and code.")
                        .Register(registry_)),
      edge_seconds_(BuildHistogram()
                        .Name("grpc_edge_handling_seconds")
                        .Help("Time from a gRPC call's headers to its end.")
                        .Register(registry_)),
      backends_(BuildGauge()
                    .Name("gateway_backend_connections")
                    .Help("Open connections to a back end; one for each replica and thread when all is well.")
                    .Register(registry_)),
      ready_backends_(BuildGauge()
                          .Name("gateway_backend_ready")
                          .Help("Connections to a back end whose replica says that it is ready.")
                          .Register(registry_)),
      breakers_(BuildGauge()
                    .Name("gateway_backend_breakers_open")
                    .Help("Connections to a back end that get no calls because the replica fails them.")
                    .Register(registry_)),
      ready_(BuildGauge()
                 .Name("wenming_ready")
                 .Help("Whether the gateway should get traffic: it has been connected to every back end, is to one, "
                       "and does not end.")
                 .Register(registry_)
                 .Add({})),
      http_in_flight_(BuildGauge()
                          .Name("http_server_requests_in_flight")
                          .Help("HTTP requests being handled.")
                          .Register(registry_)
                          .Add({})),
      http_connections_(
          BuildGauge().Name("http_server_connections").Help("Open HTTP connections.").Register(registry_).Add({})),
      edge_in_flight_(
          BuildGauge().Name("grpc_edge_in_flight").Help("gRPC calls being forwarded.").Register(registry_).Add({})),
      edge_connections_(
          BuildGauge().Name("grpc_edge_connections").Help("Open gRPC connections.").Register(registry_).Add({})),
      edge_handshake_failures_(BuildCounter()
                                   .Name("grpc_edge_handshake_failures_total")
                                   .Help("gRPC connections that ended before TLS was agreed on.")
                                   .Register(registry_)
                                   .Add({})) {}

CallMetrics& Metrics::Route(const std::string& route, const std::string& method) {
  calls_.push_back(std::make_unique<CallMetrics>(http_handled_, http_seconds_,
                                                 prometheus::Labels{{"route", route}, {"method", method}}, "code"));
  return *calls_.back();
}

CallMetrics& Metrics::EdgeMethod(const std::string& service, const std::string& method) {
  calls_.push_back(std::make_unique<CallMetrics>(edge_handled_, edge_seconds_,
                                                 prometheus::Labels{{"grpc_service", service}, {"grpc_method", method}},
                                                 "grpc_code"));
  return *calls_.back();
}

prometheus::Gauge& Metrics::BackendConnections(const std::string& backend) {
  return backends_.Add({{"backend", backend}});
}

prometheus::Gauge& Metrics::BackendReady(const std::string& backend) {
  return ready_backends_.Add({{"backend", backend}});
}

prometheus::Gauge& Metrics::BackendBreakersOpen(const std::string& backend) {
  return breakers_.Add({{"backend", backend}});
}

std::string Metrics::Render() const {
  for (const auto& report : reports_) report();
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

void CountHttp(CallMetrics& metrics, int status, double seconds) {
  auto found = std::find(kStatuses.begin(), kStatuses.end() - 1, status);
  bool known = found != kStatuses.end() - 1;
  metrics.Count(static_cast<size_t>(found - kStatuses.begin()), known ? std::to_string(status) : "other", seconds);
}

void CountGrpc(CallMetrics& metrics, int code, double seconds) {
  bool known = code >= 0 && code <= google::rpc::UNAUTHENTICATED;
  metrics.Count(static_cast<size_t>(known ? code : google::rpc::UNKNOWN), CodeName(code), seconds);
}

}  // namespace wenming::gateway
