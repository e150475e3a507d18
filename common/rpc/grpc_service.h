// Puts a resolved service on gRPC's callback API, with raw bytes: one instantiation serves every method, and the
// services themselves compile without gRPC.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <atomic>
#include <memory>
#include <vector>

#include "common/rpc/pipeline.h"
#include "common/rpc/worker_pool.h"

namespace wenming::rpc {

// Lives as long as the server it is registered with; the references outlive it.
class GrpcService : public grpc::Service {
 public:
  GrpcService(std::vector<MethodRuntime> methods, const Pipeline& pipeline, WorkerPool& pool,
              const std::atomic<bool>& draining);

 private:
  void BindUnary(int index, MethodRuntime& method);
  void BindStream(int index, MethodRuntime& method);

  std::vector<MethodRuntime> methods_;
  const Pipeline& pipeline_;
  WorkerPool& pool_;
  const std::atomic<bool>& draining_;
};

}  // namespace wenming::rpc
