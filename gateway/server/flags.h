#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/server/gateway.h"

namespace wenming::gateway {

// The command line, read.
struct Flags {
  bool help = false;
  GatewayOptions options;
};

// Reads "--name=value" and "--name value" (without the program's name) and the descriptor files they point to.
// INVALID_ARGUMENT or NOT_FOUND with one sentence for the operator.
absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments);

// What --help prints.
std::string FlagsHelp();

}  // namespace wenming::gateway
