#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/observe/log.h"
#include "gateway/catalog/catalog.h"
#include "gateway/http/message.h"
#include "gateway/limits/admission.h"
#include "gateway/net/address.h"
#include "gateway/net/server_tls.h"
#include "gateway/ops/gatherer.h"

namespace wenming::gateway {

// Where the services of a package are. Several of the same package are replicas.
struct BackendOption {
  std::string package;  // "wenming.org.v1"; a shorter one covers all below it
  Address address;

  // From "wenming.org.v1=127.0.0.1:7001". INVALID_ARGUMENT with the text when it is none.
  static absl::StatusOr<BackendOption> Parse(std::string_view text);
};

// What a gateway is made of.
struct GatewayOptions {
  std::vector<google::protobuf::FileDescriptorSet> descriptors;
  std::vector<BackendOption> backends;
  std::chrono::milliseconds resolve_every{30'000};  // names of back ends, while all is well
  AccessMode access = AccessMode::kOurs;
  Address http{"127.0.0.1", 8080};
  std::optional<Address> grpc;
  std::optional<ServerTlsOptions> http_tls;  // none: HTTP is plaintext
  std::optional<ServerTlsOptions> edge_tls;  // none: the gRPC edge is plaintext
  std::optional<Address> metrics;
  bool share_ports = false;  // with the next process of the same user
  int threads = 1;
  std::vector<std::string> forward_headers;
  std::vector<std::string> cors_origins;          // whose pages may read answers; "*" is any
  size_t cache_bytes = 4 << 20;                   // of answers that may be kept, in all; 0 keeps none
  bool documents = true;                          // answers /openapi.json and /docs
  std::vector<ops::Target> ops_targets;           // whose metrics /ops shows; none: there is no such page
  std::string ops_access;                         // full name of the method that answers whoever may look at them
  std::chrono::milliseconds ops_patience{2'000};  // with a process that is asked for them
  http::Limits limits;
  limits::AdmissionOptions admission;
  std::chrono::milliseconds call_time{10'000};
  std::chrono::milliseconds drain_delay{0};
  std::chrono::milliseconds drain_time{10'000};
  std::chrono::milliseconds stream_comment{15'000};  // between signs of life on a silent event stream
  uint64_t seed = 0;                                 // of request and trace ids
};

// The running gateway. Made running; Drain and the destructor may be called from any one thread.
class Gateway {
 public:
  // INVALID_ARGUMENT or FAILED_PRECONDITION for descriptors that cannot be served, UNAVAILABLE for a taken port, each
  // one sentence for the operator. A back end that is not there yet is no error. `logger` must outlive the gateway. The
  // descriptor sets are let go once they are read.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(GatewayOptions options, const observe::Logger& logger);
  ~Gateway();

  // The ports that are listened on; 0 where there is none.
  uint16_t http_port() const;
  uint16_t grpc_port() const;
  uint16_t metrics_port() const;

  // Fails readiness at once and lets clients know that they should come back on another connection; goes on for
  // drain_delay; then takes no new connections, closes those that are idle, and waits until the requests at hand are
  // answered or drain_time has passed.
  void Drain();

 private:
  class Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wenming::gateway
