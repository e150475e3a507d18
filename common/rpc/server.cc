#include "common/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/grpc_service.h"

namespace wenming::rpc {
namespace {

constexpr char kReady[] = "ready";
constexpr char kAlive[] = "alive";

class GrpcServer : public Server {
 public:
  GrpcServer(ServerOptions options, std::shared_ptr<const Pipeline> pipeline)
      : options_(std::move(options)), pipeline_(std::move(pipeline)), pool_(options_.pool) {}

  ~GrpcServer() override { Stop(absl::Seconds(1)); }

  absl::Status Start(const std::vector<Service>& services) {
#ifdef NDEBUG
    // Debian's Abseil comes with its search for lock cycles switched on, and gRPC takes many locks a call: 6 % of it.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
    // Both switches are process-wide plugins in gRPC; a server without reflection must not have registered it.
    grpc::EnableDefaultHealthCheckService(true);
    if (options_.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options_.address, grpc::InsecureServerCredentials(), &port_);
    builder.SetMaxReceiveMessageSize(options_.max_message_bytes);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options_.max_concurrent_streams);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(options_.max_connection_age)));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(options_.max_connection_grace)));
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10000);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    for (const Service& service : services) {
      auto methods = pipeline_->Resolve(service);
      if (!methods.ok()) return methods.status();
      services_.push_back(std::make_unique<GrpcService>(*std::move(methods), *pipeline_, pool_, draining_));
      builder.RegisterService(services_.back().get());
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.address, "; is the port taken?"));
    }
    SetReady(false);
    SetAlive(true);
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void SetReady(bool ready) override { Tell(kReady, ready); }
  void SetAlive(bool alive) override { Tell(kAlive, alive); }

  void Stop(absl::Duration grace) override {
    if (!StopServing()) return;
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_->Wait();
  }

 private:
  void Tell(const char* service, bool serving) {
    const absl::MutexLock lock(&health_mutex_);
    if (!draining_) server_->GetHealthCheckService()->SetServingStatus(service, serving);
  }

  // False where there is nothing to stop any more.
  bool StopServing() {
    const absl::MutexLock lock(&health_mutex_);
    if (server_ == nullptr || draining_) return false;
    server_->GetHealthCheckService()->SetServingStatus(false);
    draining_ = true;
    return true;
  }

  const ServerOptions options_;
  const std::shared_ptr<const Pipeline> pipeline_;
  absl::Mutex health_mutex_;  // nothing is told of a server that drains
  std::atomic<bool> draining_ = false;
  WorkerPool pool_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, std::shared_ptr<const Pipeline> pipeline,
                                                      const std::vector<Service>& services) {
  auto server = std::make_unique<GrpcServer>(std::move(options), std::move(pipeline));
  if (auto status = server->Start(services); !status.ok()) return status;
  return server;
}

}  // namespace wenming::rpc
