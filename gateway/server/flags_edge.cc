#include "gateway/server/flag.h"

namespace wenming::gateway {
namespace {

ServerTlsOptions& EdgeTlsIn(GatewayOptions& options) {
  return options.edge_tls ? *options.edge_tls : options.edge_tls.emplace();
}

absl::Status SetClientCertificates(const std::string& value, GatewayOptions& options) {
  if (value != "required" && value != "optional") {
    return absl::InvalidArgumentError(
        absl::StrCat("--edge-client-certificates is \"required\" or \"optional\", not \"", value, "\""));
  }
  EdgeTlsIn(options).client_certificates_required = value == "required";
  return absl::OkStatus();
}

// A file name, which may not be empty: what was meant to be protected must not end up plaintext.
template <std::string ServerTlsOptions::*kFile>
absl::Status SetEdgeFile(const std::string& value, GatewayOptions& options) {
  if (value.empty()) return absl::InvalidArgumentError("an --edge-… flag without a file");
  EdgeTlsIn(options).*kFile = value;
  return absl::OkStatus();
}

}  // namespace

std::vector<Flag> EdgeFlags() {
  return {
      {"grpc", "ADDRESS:PORT", "gRPC edge; none when not given",
       [](auto& value, auto& options) { return SetAddress(value, options.grpc.emplace()); }},
      {"edge-tls-cert", "FILE", "the gRPC edge's certificate with its chain, PEM; plaintext when not given",
       SetEdgeFile<&ServerTlsOptions::certificate>},
      {"edge-tls-key", "FILE", "its key, PEM", SetEdgeFile<&ServerTlsOptions::key>},
      {"edge-client-ca", "FILE", "authorities of client certificates, PEM; none are asked for when not given",
       SetEdgeFile<&ServerTlsOptions::client_ca>},
      {"edge-client-certificates", "required|optional", "with --edge-client-ca [required]", SetClientCertificates},
  };
}

absl::Status CheckEdge(const GatewayOptions& options) {
  if (!options.edge_tls) return absl::OkStatus();
  if (!options.grpc) return absl::InvalidArgumentError("--edge-… flags are of no use without --grpc");
  if (options.edge_tls->certificate.empty() || options.edge_tls->key.empty()) {
    return absl::InvalidArgumentError("--edge-tls-cert and --edge-tls-key are needed for TLS at the edge");
  }
  return absl::OkStatus();
}

}  // namespace wenming::gateway
