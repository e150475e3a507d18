#include "gateway/server/flag.h"

namespace wenming::gateway {

std::vector<Flag> HttpFlags() {
  return {
      {"http", "ADDRESS:PORT", "HTTP/JSON [127.0.0.1:8080]",
       [](auto& value, auto& options) { return SetAddress(value, options.http); }},
      {"metrics", "ADDRESS:PORT", "/metrics, /healthz and /readyz; none when not given",
       [](auto& value, auto& options) { return SetAddress(value, options.metrics.emplace()); }},
      {"threads", "N", "event loops [1]", [](auto& value, auto& options) { return SetCount(value, options.threads); }},
  };
}

}  // namespace wenming::gateway
