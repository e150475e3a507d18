#pragma once

#include <string>
#include <string_view>

namespace wenming::gateway {

// Whether the gateway's page of metrics says that so many of its connections to the replica at that port are ready.
inline bool SaysReady(std::string_view page, int port, int connections) {
  const std::string line = "\ngateway_backend_ready{backend=\"127.0.0.1:" + std::to_string(port) + "\"} " +
                           std::to_string(connections) + "\n";
  return page.find(line) != std::string_view::npos;
}

}  // namespace wenming::gateway
