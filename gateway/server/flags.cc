#include "gateway/server/flags.h"

#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace wenming::gateway {
namespace {

using Set = std::function<absl::Status(const std::string& value, GatewayOptions& options)>;

struct Flag {
  const char* name;
  const char* value;
  const char* help;
  Set set;
};

absl::Status SetAddress(const std::string& value, Address& address) {
  auto parsed = Address::Parse(value);
  if (parsed.ok()) address = *std::move(parsed);
  return parsed.status();
}

absl::Status SetDuration(const std::string& value, std::chrono::milliseconds& duration) {
  absl::Duration parsed;
  if (!absl::ParseDuration(value, &parsed) || parsed <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is not a duration like 10s"));
  }
  duration = absl::ToChronoMilliseconds(parsed);
  return absl::OkStatus();
}

template <typename Number>
absl::Status SetCount(const std::string& value, Number& count) {
  if (absl::SimpleAtoi(value, &count) && count > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is not a count"));
}

absl::Status AddDescriptors(const std::string& path, GatewayOptions& options) {
  auto set = ReadDescriptorSet(path);
  if (set.ok()) options.descriptors.push_back(*std::move(set));
  return set.status();
}

absl::Status AddBackend(const std::string& value, GatewayOptions& options) {
  auto backend = BackendOption::Parse(value);
  if (backend.ok()) options.backends.push_back(*std::move(backend));
  return backend.status();
}

absl::Status SetAccess(const std::string& value, GatewayOptions& options) {
  if (value != "ours" && value != "none") {
    return absl::InvalidArgumentError(absl::StrCat("--access is \"ours\" or \"none\", not \"", value, "\""));
  }
  options.access = value == "ours" ? AccessMode::kOurs : AccessMode::kNone;
  return absl::OkStatus();
}

EdgeTlsOptions& EdgeTlsIn(GatewayOptions& options) {
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
template <std::string EdgeTlsOptions::*kFile>
absl::Status SetEdgeFile(const std::string& value, GatewayOptions& options) {
  if (value.empty()) return absl::InvalidArgumentError("an --edge-… flag without a file");
  EdgeTlsIn(options).*kFile = value;
  return absl::OkStatus();
}

absl::Status CheckEdge(const GatewayOptions& options) {
  if (!options.edge_tls) return absl::OkStatus();
  if (!options.grpc) return absl::InvalidArgumentError("--edge-… flags are of no use without --grpc");
  if (options.edge_tls->certificate.empty() || options.edge_tls->key.empty()) {
    return absl::InvalidArgumentError("--edge-tls-cert and --edge-tls-key are needed for TLS at the edge");
  }
  return absl::OkStatus();
}

absl::Status SetDocuments(const std::string& value, GatewayOptions& options) {
  if (value != "on" && value != "off") {
    return absl::InvalidArgumentError(absl::StrCat("--documents is \"on\" or \"off\", not \"", value, "\""));
  }
  options.documents = value == "on";
  return absl::OkStatus();
}

std::vector<Flag> AllFlags() {
  return {
      {"descriptors", "FILE", "descriptor set of the services, with imports; repeatable", AddDescriptors},
      {"backend", "PACKAGE=HOST:PORT", "where the services of a package are; repeatable", AddBackend},
      {"http", "ADDRESS:PORT", "HTTP/JSON [127.0.0.1:8080]",
       [](auto& value, auto& options) { return SetAddress(value, options.http); }},
      {"grpc", "ADDRESS:PORT", "gRPC edge; none when not given",
       [](auto& value, auto& options) { return SetAddress(value, options.grpc.emplace()); }},
      {"edge-tls-cert", "FILE", "the gRPC edge's certificate with its chain, PEM; plaintext when not given",
       SetEdgeFile<&EdgeTlsOptions::certificate>},
      {"edge-tls-key", "FILE", "its key, PEM", SetEdgeFile<&EdgeTlsOptions::key>},
      {"edge-client-ca", "FILE", "authorities of client certificates, PEM; none are asked for when not given",
       SetEdgeFile<&EdgeTlsOptions::client_ca>},
      {"edge-client-certificates", "required|optional", "with --edge-client-ca [required]", SetClientCertificates},
      {"metrics", "ADDRESS:PORT", "/metrics, /healthz and /readyz; none when not given",
       [](auto& value, auto& options) { return SetAddress(value, options.metrics.emplace()); }},
      {"threads", "N", "event loops [1]", [](auto& value, auto& options) { return SetCount(value, options.threads); }},
      {"forward-header", "NAME", "a request header that services get besides authorization; repeatable",
       [](auto& value, auto& options) {
         options.forward_headers.push_back(value);
         return absl::OkStatus();
       }},
      {"access", "ours|none", "whether methods must carry (wenming.type.access) [ours]", SetAccess},
      {"documents", "on|off", "whether /openapi.json and /docs are answered [on]", SetDocuments},
      {"max-body", "BYTES", "largest request body [4194304]",
       [](auto& value, auto& options) { return SetCount(value, options.limits.body_bytes); }},
      {"call-time", "DURATION", "longest time for a call [10s]",
       [](auto& value, auto& options) { return SetDuration(value, options.call_time); }},
      {"drain-time", "DURATION", "longest time for running requests after SIGTERM [10s]",
       [](auto& value, auto& options) { return SetDuration(value, options.drain_time); }},
  };
}

}  // namespace

absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  const std::vector<Flag> known = AllFlags();
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (name == "--help" || name == "-h") {
      flags.help = true;
      return flags;
    }
    if (!absl::StartsWith(name, "--")) return absl::InvalidArgumentError(absl::StrCat("unexpected argument ", name));
    name.erase(0, 2);
    std::string value;
    size_t equals = name.find('=');
    if (equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.erase(equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value; see --help"));
    }
    auto flag = std::find_if(known.begin(), known.end(), [&](const Flag& each) { return name == each.name; });
    if (flag == known.end()) return absl::InvalidArgumentError(absl::StrCat("unknown flag --", name, "; see --help"));
    if (absl::Status status = flag->set(value, flags.options); !status.ok()) return status;
  }
  if (flags.options.descriptors.empty() || flags.options.backends.empty()) {
    return absl::InvalidArgumentError("--descriptors and --backend are needed; see --help");
  }
  if (absl::Status status = CheckEdge(flags.options); !status.ok()) return status;
  return flags;
}

std::string FlagsHelp() {
  std::string help = "gateway: HTTP/JSON and a gRPC edge in front of annotated gRPC services\n\n";
  for (const Flag& flag : AllFlags()) {
    absl::StrAppend(&help, absl::StrFormat("  --%-40s %s\n", absl::StrCat(flag.name, " ", flag.value), flag.help));
  }
  return help;
}

}  // namespace wenming::gateway
