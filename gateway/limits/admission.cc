#include "gateway/limits/admission.h"

#include <algorithm>

#include "absl/time/time.h"
#include "common/errors/errors.h"
#include "common/errors/retry.h"

namespace wenming::gateway::limits {
namespace {

constexpr size_t kCallers = 16 * 1024;
constexpr size_t kAddresses = 16 * 1024;
constexpr absl::Duration kBusy = absl::Seconds(1);

// So that even of one place there is one.
size_t MostStreams(const AdmissionOptions& options) { return options.streams.value_or((options.in_flight + 1) / 2); }

absl::Status TooManyRequests(RateTable::Duration wait) {
  const int64_t seconds = std::max<int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
  return errors::WithRetry(errors::Make(absl::StatusCode::kResourceExhausted, type::REASON_TOO_MANY_REQUESTS,
                                        {{"seconds", std::to_string(seconds)}}),
                           absl::Seconds(seconds));
}

}  // namespace

Admission::Admission(const AdmissionOptions& options, prometheus::Registry& registry, uint64_t seed)
    : options_(options),
      callers_(options.per_caller, kCallers, seed),
      addresses_(options.per_address, kAddresses, seed),
      in_flight_(options.in_flight),
      streams_(MostStreams(options), &in_flight_),
      held_(options.held_bytes),
      connections_(options.connections_per_address),
      refused_(prometheus::BuildCounter()
                   .Name("gateway_refused_total")
                   .Help("Calls and connections that a limit has refused, by the limit.")
                   .Register(registry)),
      by_caller_(refused_.Add({{"limit", "caller"}})),
      by_address_(refused_.Add({{"limit", "address"}})),
      by_in_flight_(refused_.Add({{"limit", "in_flight"}})),
      by_streams_(refused_.Add({{"limit", "streams"}})),
      by_held_(refused_.Add({{"limit", "held_bytes"}})),
      by_connections_(refused_.Add({{"limit", "connections_per_address"}})),
      in_flight_gauge_(prometheus::BuildGauge()
                           .Name("gateway_in_flight")
                           .Help("Calls at hand, of both fronts.")
                           .Register(registry)
                           .Add({})),
      streams_gauge_(prometheus::BuildGauge()
                         .Name("gateway_streams")
                         .Help("Calls at hand that stream, of both fronts.")
                         .Register(registry)
                         .Add({})),
      held_gauge_(prometheus::BuildGauge()
                      .Name("gateway_held_bytes")
                      .Help("Bytes of bodies and of answers that wait for their reader.")
                      .Register(registry)
                      .Add({})) {}

void Admission::Report() {
  in_flight_gauge_.Set(static_cast<double>(in_flight_.taken()));
  streams_gauge_.Set(static_cast<double>(streams_.taken()));
  held_gauge_.Set(static_cast<double>(held_.taken()));
}

bool Admission::Counted(std::string_view address) { return !IsLoopback(address); }

absl::StatusOr<Share> Admission::Admit(const Caller& caller, Time now) {
  // First, so that who has to come back for our sake has not spent a token.
  Share place(caller.streams ? streams_ : in_flight_);
  if (!place.Add(1)) {
    (caller.streams && streams_.full() ? by_streams_ : by_in_flight_).Increment();
    return errors::Unavailable(type::REASON_OVERLOADED, kBusy);
  }
  if (!Counted(caller.address)) return place;
  if (!caller.address.empty()) {
    const auto wait = addresses_.Take(AddressKey(std::string(caller.address)), now);
    if (wait > RateTable::Duration::zero()) {
      by_address_.Increment();
      return TooManyRequests(wait);
    }
  }
  if (caller.credential.empty()) return place;
  const auto wait = callers_.Take(caller.credential, now);
  if (wait > RateTable::Duration::zero()) {
    by_caller_.Increment();
    return TooManyRequests(wait);
  }
  return place;
}

std::optional<ConnectionCounts::Place> Admission::TryOpen(const std::string& peer) {
  if (peer.empty() || !Counted(peer) || IsIn(peer, options_.trusted_proxies)) return ConnectionCounts::Place();
  auto place = connections_.TryOpen(AddressKey(peer));
  if (!place) by_connections_.Increment();
  return place;
}

absl::Status Admission::NoRoom() {
  by_held_.Increment();
  return errors::Unavailable(type::REASON_OVERLOADED, kBusy);
}

}  // namespace wenming::gateway::limits
