#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/net/address.h"
#include "gateway/server/gateway.h"

namespace wenming::gateway {

// The back ends that options name. Packages at the same addresses are one back end and share its connections.
struct BackEnds {
  std::vector<std::string> packages;            // each once
  std::vector<size_t> of_package;               // index into addresses
  std::vector<std::vector<Address>> addresses;  // of each back end
};

BackEnds GroupBackEnds(const std::vector<BackendOption>& options);

}  // namespace wenming::gateway
