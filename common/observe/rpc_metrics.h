// Metrics of the RPCs a server answers, under the names that go-grpc-middleware made common.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace wenming::observe {

// The metrics of one method; children are resolved once, when the method is bound. Thread-safe.
//   grpc_server_started_total{grpc_type,grpc_service,grpc_method}
//   grpc_server_handled_total{grpc_type,grpc_service,grpc_method,grpc_code}
//   grpc_server_handling_seconds{grpc_type,grpc_service,grpc_method}
class MethodMetrics {
 public:
  void Started() { started_->Increment(); }
  void Handled(absl::StatusCode code, absl::Duration took);

 private:
  friend class RpcMetrics;
  static constexpr size_t kCodes = 17;
  prometheus::Counter* started_ = nullptr;
  std::array<prometheus::Counter*, kCodes> handled_{};
  prometheus::Histogram* seconds_ = nullptr;
};

// Thread-safe.
class RpcMetrics {
 public:
  explicit RpcMetrics(std::shared_ptr<prometheus::Registry> registry);

  MethodMetrics ForMethod(const std::string& service, const std::string& method, bool streaming) const;
  // wenming_rpc_queue_length: calls that wait for a thread of the pool.
  prometheus::Gauge& QueueLength() const { return *queue_length_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>* started_;
  prometheus::Family<prometheus::Counter>* handled_;
  prometheus::Family<prometheus::Histogram>* seconds_;
  prometheus::Gauge* queue_length_;
};

}  // namespace wenming::observe
