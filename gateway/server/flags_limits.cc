#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/server/flag.h"

namespace wenming::gateway {
namespace {

// A number that may be zero: no limit.
template <typename Number>
absl::Status SetLimit(const std::string& value, Number& limit) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(value, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is not a count"));
  }
  limit = static_cast<Number>(number);
  return absl::OkStatus();
}

// A rate whose burst is what comes in four seconds: a page that opens with many requests is no attack.
absl::Status SetRate(const std::string& value, limits::Rate& rate) {
  absl::Status status = SetLimit(value, rate.per_second);
  rate.burst = std::max(1.0, rate.per_second * 4);
  return status;
}

absl::Status AddTrustedProxy(const std::string& value, GatewayOptions& options) {
  auto network = limits::Network::Parse(value);
  if (network.ok()) options.admission.trusted_proxies.push_back(*std::move(network));
  return network.status();
}

}  // namespace

std::vector<Flag> LimitFlags() {
  return {
      {"max-body", "BYTES", "largest request body [4194304]",
       [](auto& value, auto& options) { return SetCount(value, options.limits.body_bytes); }},
      {"max-held", "BYTES", "of all bodies and unread answers together; 0: no limit [134217728]",
       [](auto& value, auto& options) { return SetLimit(value, options.admission.held_bytes); }},
      {"max-in-flight", "N", "calls at hand, of both fronts; 0: no limit [4096]",
       [](auto& value, auto& options) { return SetLimit(value, options.admission.in_flight); }},
      {"max-streams", "N", "of them, calls that stream; 0: no limit [half of --max-in-flight]",
       [](auto& value, auto& options) { return SetLimit(value, options.admission.streams.emplace()); }},
      {"caller-rate", "N",
       "calls a second with one token or certificate, four times as many at once; 0: no limit [100]",
       [](auto& value, auto& options) { return SetRate(value, options.admission.per_caller); }},
      {"address-rate", "N", "calls a second from one address, four times as many at once; 0: no limit [1000]",
       [](auto& value, auto& options) { return SetRate(value, options.admission.per_address); }},
      {"address-connections", "N", "connections of one address, of both fronts; 0: no limit [2000]",
       [](auto& value, auto& options) { return SetLimit(value, options.admission.connections_per_address); }},
      {"trusted-proxy", "NETWORK", "whose X-Forwarded-For is believed, like 10.0.0.0/8; may be repeated",
       AddTrustedProxy},
      {"call-time", "DURATION", "longest time for a call [10s]",
       [](auto& value, auto& options) { return SetDuration(value, options.call_time); }},
      {"drain-delay", "DURATION", "how long to go on after SIGTERM, until clients have moved [none]",
       [](auto& value, auto& options) { return SetDuration(value, options.drain_delay); }},
      {"drain-time", "DURATION", "longest time for running requests after SIGTERM [10s]",
       [](auto& value, auto& options) { return SetDuration(value, options.drain_time); }},
  };
}

}  // namespace wenming::gateway
