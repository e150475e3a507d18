// Unary gRPC calls for benchmarks, made by the gateway's own HTTP/2 on one event loop.
//
// A client of grpc++ costs more than the server it measures; on the same cores it would be the limit.
#pragma once

#include <prometheus/registry.h>

#include <string>
#include <thread>

#include "absl/time/time.h"
#include "gateway/net/asio.h"
#include "gateway/upstream/back_end.h"
#include "gateway/upstream/unary_call.h"

namespace wenming::bench {

class LoadClient {
 public:
  // Connects to a port of the loopback; calls go over the connections in turns.
  LoadClient(int port, int connections);
  // Ends the connections; no call may be running.
  ~LoadClient();
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;

  // From any thread; `done` runs on the event loop, where it must not block. `path` is "/package.Service/Method".
  void Call(std::string path, std::string authorization, std::string message, absl::Duration patience,
            gateway::UnaryCall::Done done);

 private:
  gateway::asio::io_context loop_{1};
  gateway::asio::executor_work_guard<gateway::asio::io_context::executor_type> work_{loop_.get_executor()};
  prometheus::Registry registry_;
  gateway::RetryMetrics metrics_{registry_};
  gateway::BackEnd back_end_;  // used on the loop only
  std::thread thread_;
};

}  // namespace wenming::bench
