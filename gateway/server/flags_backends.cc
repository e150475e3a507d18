#include "gateway/server/flag.h"

#include <utility>

namespace wenming::gateway {
namespace {

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

}  // namespace

std::vector<Flag> BackendFlags() {
  return {
      {"descriptors", "FILE", "descriptor set of the services, with imports; repeatable", AddDescriptors},
      {"backend", "PACKAGE=HOST:PORT", "where the services of a package are, or one replica; repeatable", AddBackend},
      {"resolve-every", "DURATION", "how often names of back ends are looked up while all is well [30s]",
       [](auto& value, auto& options) { return SetDuration(value, options.resolve_every); }},
      {"access", "ours|none", "whether methods must carry (wenming.type.access) [ours]", SetAccess},
      {"forward-header", "NAME", "a request header that services get besides authorization; repeatable",
       [](auto& value, auto& options) {
         options.forward_headers.push_back(value);
         return absl::OkStatus();
       }},
  };
}

}  // namespace wenming::gateway
