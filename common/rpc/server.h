// Runs services over gRPC: the callback API, the pipeline of concerns, the bounded pool, health, graceful drain.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/service.h"
#include "common/rpc/worker_pool.h"

namespace wenming::rpc {

struct ServerOptions {
  std::string address = "127.0.0.1:0";  // host:port; port 0 takes a free one
  int max_message_bytes = 4 << 20;
  // On one connection: more than a gateway has at hand (its --max-in-flight). What is beyond waits there, where no line
  // is that would refuse it, and the deadline that comes with it is not counted down.
  int max_concurrent_streams = 5000;
  // After that, give or take a tenth, a client is asked to connect anew; what runs on the old connection then has the
  // grace to come to its end.
  absl::Duration max_connection_age = absl::Minutes(30);
  absl::Duration max_connection_grace = absl::Seconds(30);
  bool reflection = false;
  WorkerPool::Options pool = {};
};

// Start once, Stop once; the destructor stops. Health and the port may be asked from any thread.
class Server {
 public:
  // INTERNAL for an incomplete service or a method without access rule, UNAVAILABLE for a port that is taken.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, std::shared_ptr<const Pipeline> pipeline,
                                                       const std::vector<Service>& services);
  virtual ~Server() = default;

  virtual int port() const = 0;

  // What grpc.health.v1 says: the service "" from when the server runs; "ready", at first not, and "alive", at first
  // so, are what these set; once it stops, they say nothing.
  virtual void SetReady(bool ready) = 0;
  virtual void SetAlive(bool alive) = 0;

  // Says NOT_SERVING, ends streams, lets calls finish for at most `grace`, then cancels them.
  virtual void Stop(absl::Duration grace) = 0;
};

}  // namespace wenming::rpc
