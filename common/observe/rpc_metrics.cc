#include "common/observe/rpc_metrics.h"

#include <map>

namespace wenming::observe {
namespace {

// The spelling of go-grpc-middleware, which dashboards filter by.
constexpr const char* kCodeNames[] = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

const prometheus::Histogram::BucketBoundaries& Seconds() {
  static const auto* const kBounds = new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return *kBounds;
}

}  // namespace

void MethodMetrics::Handled(absl::StatusCode code, absl::Duration took) {
  const auto index = static_cast<size_t>(code);
  handled_[index < kCodes ? index : static_cast<size_t>(absl::StatusCode::kUnknown)]->Increment();
  seconds_->Observe(absl::ToDoubleSeconds(took));
}

RpcMetrics::RpcMetrics(std::shared_ptr<prometheus::Registry> registry)
    : registry_(std::move(registry)),
      started_(&prometheus::BuildCounter()
                    .Name("grpc_server_started_total")
                    .Help("RPCs started on the server.")
                    .Register(*registry_)),
      handled_(&prometheus::BuildCounter()
                    .Name("grpc_server_handled_total")
                    .Help("RPCs completed on the server, by code.")
                    .Register(*registry_)),
      seconds_(&prometheus::BuildHistogram()
                    .Name("grpc_server_handling_seconds")
                    .Help("Time from receiving an RPC to answering it.")
                    .Register(*registry_)),
      queue_length_(&prometheus::BuildGauge()
                         .Name("wenming_rpc_queue_length")
                         .Help("RPCs that wait for a thread of the pool.")
                         .Register(*registry_)
                         .Add({})) {}

MethodMetrics RpcMetrics::ForMethod(const std::string& service, const std::string& method, bool streaming) const {
  std::map<std::string, std::string> labels = {
      {"grpc_type", streaming ? "server_stream" : "unary"}, {"grpc_service", service}, {"grpc_method", method}};
  MethodMetrics metrics;
  metrics.started_ = &started_->Add(labels);
  metrics.seconds_ = &seconds_->Add(labels, Seconds());
  for (size_t i = 0; i < MethodMetrics::kCodes; ++i) {
    labels["grpc_code"] = kCodeNames[i];
    metrics.handled_[i] = &handled_->Add(labels);
  }
  return metrics;
}

}  // namespace wenming::observe
