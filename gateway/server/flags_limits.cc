#include "gateway/server/flag.h"

namespace wenming::gateway {

std::vector<Flag> LimitFlags() {
  return {
      {"max-body", "BYTES", "largest request body [4194304]",
       [](auto& value, auto& options) { return SetCount(value, options.limits.body_bytes); }},
      {"call-time", "DURATION", "longest time for a call [10s]",
       [](auto& value, auto& options) { return SetDuration(value, options.call_time); }},
      {"drain-time", "DURATION", "longest time for running requests after SIGTERM [10s]",
       [](auto& value, auto& options) { return SetDuration(value, options.drain_time); }},
  };
}

}  // namespace wenming::gateway
