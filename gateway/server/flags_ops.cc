#include "gateway/server/flag.h"

namespace wenming::gateway {
namespace {

absl::Status AddOpsTarget(const std::string& value, GatewayOptions& options) {
  auto target = ops::Target::Parse(value);
  if (target.ok()) options.ops_targets.push_back(*std::move(target));
  return target.status();
}

}  // namespace

std::vector<Flag> OpsFlags() {
  return {
      {"ops-target", "NAME=HOST:PORT", "a process whose /metrics the page /ops shows; repeatable; no page without any",
       AddOpsTarget},
      {"ops-access", "METHOD",
       "package.Service.Method that answers whoever may look at /ops, and takes an empty request",
       [](auto& value, auto& options) {
         options.ops_access = value;
         return absl::OkStatus();
       }},
  };
}

absl::Status CheckOps(const GatewayOptions& options) {
  if (options.ops_targets.empty() == options.ops_access.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("--ops-target and --ops-access belong together");
}

}  // namespace wenming::gateway
