#include "gateway/server/flag.h"

namespace wenming::gateway {
namespace {

absl::Status SetDocuments(const std::string& value, GatewayOptions& options) {
  if (value != "on" && value != "off") {
    return absl::InvalidArgumentError(absl::StrCat("--documents is \"on\" or \"off\", not \"", value, "\""));
  }
  options.documents = value == "on";
  return absl::OkStatus();
}

}  // namespace

std::vector<Flag> DocumentFlags() {
  return {
      {"documents", "on|off", "whether /openapi.json and /docs are answered [on]", SetDocuments},
  };
}

}  // namespace wenming::gateway
