#include "gateway/server/cors.h"
#include "gateway/server/flag.h"

namespace wenming::gateway {
namespace {

ServerTlsOptions& HttpTlsIn(GatewayOptions& options) {
  if (options.http_tls) return *options.http_tls;
  return options.http_tls.emplace(ServerTlsOptions{.protocols = {"h2", "http/1.1"}, .name = "the HTTP port"});
}

absl::Status SetSharePorts(const std::string& value, GatewayOptions& options) {
  if (value != "on" && value != "off") {
    return absl::InvalidArgumentError(absl::StrCat("--share-ports is \"on\" or \"off\", not \"", value, "\""));
  }
  options.share_ports = value == "on";
  return absl::OkStatus();
}

absl::Status AddCorsOrigin(const std::string& value, GatewayOptions& options) {
  if (absl::Status status = Cors::CheckOrigin(value); !status.ok()) return status;
  options.cors_origins.push_back(value);
  return absl::OkStatus();
}

absl::Status SetBytes(const std::string& value, size_t& bytes) {
  if (absl::SimpleAtoi(value, &bytes)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is not a number of bytes"));
}

// A file name, which may not be empty: what was meant to be protected must not end up plaintext.
template <std::string ServerTlsOptions::*kFile>
absl::Status SetTlsFile(const std::string& value, GatewayOptions& options) {
  if (value.empty()) return absl::InvalidArgumentError("a --tls-… flag without a file");
  HttpTlsIn(options).*kFile = value;
  return absl::OkStatus();
}

}  // namespace

std::vector<Flag> HttpFlags() {
  return {
      {"http", "ADDRESS:PORT", "HTTP/JSON, HTTP/1.1 and with TLS HTTP/2 [127.0.0.1:8080]",
       [](auto& value, auto& options) { return SetAddress(value, options.http); }},
      {"tls-cert", "FILE", "the HTTP port's certificate with its chain, PEM; plaintext when not given",
       SetTlsFile<&ServerTlsOptions::certificate>},
      {"tls-key", "FILE", "its key, PEM", SetTlsFile<&ServerTlsOptions::key>},
      {"cors-origin", "ORIGIN", "whose pages may read answers, like https://example.com; \"*\" for all; repeatable",
       AddCorsOrigin},
      {"cache-bytes", "BYTES", "memory for answers that may be kept, in all; 0 keeps none [4194304]",
       [](auto& value, auto& options) { return SetBytes(value, options.cache_bytes); }},
      {"metrics", "ADDRESS:PORT", "/metrics, /healthz and /readyz; none when not given",
       [](auto& value, auto& options) { return SetAddress(value, options.metrics.emplace()); }},
      {"share-ports", "on|off", "lets the next process of the same user bind the same addresses [off]", SetSharePorts},
      {"threads", "N", "event loops [1]", [](auto& value, auto& options) { return SetCount(value, options.threads); }},
  };
}

absl::Status CheckHttp(const GatewayOptions& options) {
  const bool half = options.http_tls && (options.http_tls->certificate.empty() || options.http_tls->key.empty());
  return half ? absl::InvalidArgumentError("--tls-cert and --tls-key belong together") : absl::OkStatus();
}

}  // namespace wenming::gateway
