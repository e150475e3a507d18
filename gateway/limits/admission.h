#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/limits/budget.h"
#include "gateway/limits/connection_counts.h"
#include "gateway/limits/network.h"
#include "gateway/limits/rate_table.h"

namespace wenming::gateway::limits {

// 0 is no limit, everywhere.
struct AdmissionOptions {
  Rate per_caller{.per_second = 100, .burst = 400};
  Rate per_address{.per_second = 1000, .burst = 4000};
  size_t in_flight = 4096;                // calls of both fronts
  std::optional<size_t> streams = {};     // those of them that stream; half of them when not given
  size_t held_bytes = 128 << 20;          // of request bodies, and of what clients have not read yet
  size_t connections_per_address = 2000;  // of both fronts
  std::vector<Network> trusted_proxies = {};
};

// Who asks, and for what.
struct Caller {
  std::string_view address;     // the client's, as ClientOf says; empty for who has shown a certificate of ours
  std::string_view credential;  // his Authorization header, unverified; may be empty
  bool streams = false;         // the call may last long
};

// Says whether a request may be served now, on either front.
//
// Two answers must not be mixed up: a caller that asks too often is told so (RESOURCE_EXHAUSTED, TOO_MANY_REQUESTS) and
// has to slow down; a gateway that has too much to do says so of itself (UNAVAILABLE, OVERLOADED) and another may
// serve. Both say when to come back. Because a credential is not verified here, whoever makes up a new one each time is
// still counted by his address. The back end of an app, which has a certificate, asks for thousands from one address:
// there the users are counted and not the back end. A loopback address is the operator's or a proxy's on this machine
// that does not say for whom it asks, and is not counted. Calls that stream have a part of the places: they may stay
// for an hour, and calls that are over in milliseconds must find one all the same. Thread-safe; outlives its shares and
// places.
class Admission {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // Its metrics are in `registry`. `seed` must not be guessable.
  Admission(const AdmissionOptions& options, prometheus::Registry& registry, uint64_t seed);

  // The client's address, by the peer of the connection and the headers of the request.
  std::string ClientOf(const std::string& peer, const Headers& headers) const {
    return ClientAddress(peer, headers, options_.trusted_proxies);
  }

  // The call's place among those in flight, to be kept until it has ended; or why it must wait.
  absl::StatusOr<Share> Admit(const Caller& caller, Time now);
  // For a peer that has connected; nothing when its address has enough. Trusted proxies are not counted.
  std::optional<ConnectionCounts::Place> TryOpen(const std::string& peer);

  // The bytes that may be held in all; whoever finds none left refuses with NoRoom.
  Budget& held() { return held_; }
  absl::Status NoRoom();
  // Brings the gauges up to date.
  void Report();

 private:
  static bool Counted(std::string_view address);

  const AdmissionOptions options_;
  RateTable callers_;
  RateTable addresses_;
  Budget in_flight_;
  Budget streams_;  // a part of them
  Budget held_;
  ConnectionCounts connections_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Counter& by_caller_;
  prometheus::Counter& by_address_;
  prometheus::Counter& by_in_flight_;
  prometheus::Counter& by_streams_;
  prometheus::Counter& by_held_;
  prometheus::Counter& by_connections_;
  prometheus::Gauge& in_flight_gauge_;
  prometheus::Gauge& streams_gauge_;
  prometheus::Gauge& held_gauge_;
};

}  // namespace wenming::gateway::limits
