#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wenming::gateway {

// Counts and times what one route or method does. The counter of each code is looked up once. Thread-safe.
class CallMetrics {
 public:
  using Labels = prometheus::Labels;

  // `code_label` is the name of the label that holds the code.
  CallMetrics(prometheus::Family<prometheus::Counter>& handled, prometheus::Family<prometheus::Histogram>& seconds,
              Labels labels, std::string code_label);

  // `code` as the label shows it ("404", "NOT_FOUND"); `slot` numbers the codes, below kSlots.
  void Count(size_t slot, const std::string& code, double seconds);

  static constexpr size_t kSlots = 32;

 private:
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Histogram& seconds_;
  const Labels labels_;
  const std::string code_label_;
  std::array<std::atomic<prometheus::Counter*>, kSlots> by_code_{};
};

// All metrics of the gateway. Thread-safe.
class Metrics {
 public:
  Metrics();

  // Made once at start for each route and method; never destroyed before the Metrics.
  CallMetrics& Route(const std::string& route, const std::string& method);
  CallMetrics& EdgeMethod(const std::string& service, const std::string& method);
  prometheus::Gauge& BackendConnections(const std::string& backend);
  prometheus::Gauge& BackendReady(const std::string& backend);
  prometheus::Gauge& BackendBreakersOpen(const std::string& backend);

  prometheus::Gauge& ready() { return ready_; }
  prometheus::Gauge& http_in_flight() { return http_in_flight_; }
  prometheus::Gauge& http_connections() { return http_connections_; }
  prometheus::Gauge& edge_in_flight() { return edge_in_flight_; }
  prometheus::Gauge& edge_connections() { return edge_connections_; }
  prometheus::Counter& edge_handshake_failures() { return edge_handshake_failures_; }

  // For metrics that a part of the gateway makes for itself.
  prometheus::Registry& registry() { return registry_; }
  // Before the metrics are used: `report` brings gauges up to date each time they are looked at.
  void BeforeRender(std::function<void()> report) { reports_.push_back(std::move(report)); }
  // Everything in the Prometheus text format.
  std::string Render() const;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& http_handled_;
  prometheus::Family<prometheus::Histogram>& http_seconds_;
  prometheus::Family<prometheus::Counter>& edge_handled_;
  prometheus::Family<prometheus::Histogram>& edge_seconds_;
  prometheus::Family<prometheus::Gauge>& backends_;
  prometheus::Family<prometheus::Gauge>& ready_backends_;
  prometheus::Family<prometheus::Gauge>& breakers_;
  prometheus::Gauge& ready_;
  prometheus::Gauge& http_in_flight_;
  prometheus::Gauge& http_connections_;
  prometheus::Gauge& edge_in_flight_;
  prometheus::Gauge& edge_connections_;
  prometheus::Counter& edge_handshake_failures_;
  std::vector<std::unique_ptr<CallMetrics>> calls_;
  std::vector<std::function<void()>> reports_;
};

// Counts an HTTP answer.
void CountHttp(CallMetrics& metrics, int status, double seconds);
// Counts a gRPC answer.
void CountGrpc(CallMetrics& metrics, int code, double seconds);

}  // namespace wenming::gateway
