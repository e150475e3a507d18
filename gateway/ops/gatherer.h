#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/observe/clock.h"
#include "gateway/net/address.h"
#include "gateway/net/asio.h"
#include "gateway/ops/samples.h"

namespace wenming::gateway::ops {

// A service whose processes are asked: every address that the host has is one of them.
struct Target {
  std::string name;  // "org_svc"
  Address address;   // of the port with /metrics

  // From "org_svc=127.0.0.1:9201". INVALID_ARGUMENT with the text when it is none.
  static absl::StatusOr<Target> Parse(std::string_view text);
};

// Asks all processes for their metrics. Many who want to know at once, or within a second, cause one round of
// questions. Belongs to its loop.
class Gatherer {
 public:
  using Done = absl::AnyInvocable<void(const std::string& report)>;

  Gatherer(asio::io_context& loop, const std::vector<Target>& targets, std::chrono::milliseconds patience,
           observe::Clock clock);

  // Calls `done` with what all say, as JSON:
  //   {"time": SECONDS, "instances": [{"target": "org_svc", "instance": "127.0.0.1:9201", "up": true, "samples": {…}}]}
  // The time is when they were asked; targets stand in their order. One that has not answered within the patience
  // is not up and has no samples, as has a host without an address.
  void Get(Done done);
  // Gives up: whoever still waits is not called any more.
  void Stop();

 private:
  struct Instance {
    std::string name;
    bool up = false;
    Samples samples;
  };
  struct Round;
  using RoundPtr = std::shared_ptr<Round>;
  void Begin();
  void Resolved(const RoundPtr& round, size_t target, const Tcp::resolver::results_type& found);
  void Arrived(const RoundPtr& round);
  void Land();
  std::string Report() const;

  asio::io_context& loop_;
  const std::vector<Target>& targets_;
  const std::chrono::milliseconds patience_;
  const observe::Clock clock_;
  Tcp::resolver resolver_;
  Timer timer_;
  std::vector<Done> waiting_;
  RoundPtr round_;  // the one under way, whose answers alone are heard
  std::string report_;
  absl::Time asked_ = absl::InfinitePast();  // of the report
};

}  // namespace wenming::gateway::ops
