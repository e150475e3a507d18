// Measures GetUnit of org_svc beside the ping-pong server, in turns.
//
//   get_unit_client OURS PEER UNIT TOKEN [SECONDS [ROUNDS [IN_FLIGHT]]]
//
// A line a round on standard error; at the end one JSON line on standard output.

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/closed_loop.h"
#include "wenming/org/v1/units.grpc.pb.h"

namespace {

using wenming::bench::Measured;
using wenming::bench::Median;
using wenming::org::v1::GetUnitRequest;
using wenming::org::v1::Unit;
using wenming::org::v1::UnitsService;

struct OneCall {
  grpc::ClientContext context;
  Unit unit;
};

class Target {
 public:
  Target(const std::string& address, const std::string& unit, std::string authorization)
      : authorization_(std::move(authorization)) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    // A connection of its own: channels to one address share one otherwise.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = UnitsService::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    request_.set_name(unit);
  }

  Measured Run(absl::Duration length, int in_flight) {
    return wenming::bench::RunClosedLoop(
        [this](std::function<void(bool)> done) {
          const auto call = std::make_shared<OneCall>();
          call->context.AddMetadata("authorization", authorization_);
          call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
          stub_->async()->GetUnit(&call->context, &request_, &call->unit,
                                  [call, done = std::move(done)](const grpc::Status& status) { done(status.ok()); });
        },
        in_flight, length);
  }

 private:
  const std::string authorization_;
  GetUnitRequest request_;
  std::unique_ptr<UnitsService::Stub> stub_;
};

struct Series {
  std::vector<double> qps, p50, p99;
  int64_t failed = 0;

  void Add(const char* name, const Measured& m) {
    std::fprintf(stderr, "%-9s %8.0f calls/s   p50 %.3f ms   p99 %.3f ms   failed %ld\n", name, m.qps, m.p50_ms,
                 m.p99_ms, static_cast<long>(m.failed));
    qps.push_back(m.qps);
    p50.push_back(m.p50_ms);
    p99.push_back(m.p99_ms);
    failed += m.failed;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: get_unit_client OURS PEER UNIT TOKEN [SECONDS [ROUNDS [IN_FLIGHT]]]\n");
    return 2;
  }
  const auto number = [&](int i, int standard) { return argc > i ? std::atoi(argv[i]) : standard; };
  const absl::Duration length = absl::Seconds(number(5, 5));
  const int rounds = number(6, 5), in_flight = number(7, 64);
  const std::string authorization = std::string("Bearer ") + argv[4];
  Target ours(argv[1], argv[3], authorization), peer(argv[2], argv[3], authorization);
  ours.Run(absl::Seconds(1), in_flight);
  peer.Run(absl::Seconds(1), in_flight);
  Series get_unit, pingpong;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    pingpong.Add("pingpong", peer.Run(length, in_flight));
    get_unit.Add("GetUnit", ours.Run(length, in_flight));
    ratios.push_back(get_unit.qps.back() / pingpong.qps.back());
  }
  std::printf(
      "{\"get_unit_qps\":%.0f,\"get_unit_p50_ms\":%.3f,\"get_unit_p99_ms\":%.3f,\"pingpong_qps\":%.0f,"
      "\"pingpong_p50_ms\":%.3f,\"pingpong_p99_ms\":%.3f,\"ratio\":%.2f,\"in_flight\":%d,\"failed\":%ld}\n",
      Median(get_unit.qps), Median(get_unit.p50), Median(get_unit.p99), Median(pingpong.qps), Median(pingpong.p50),
      Median(pingpong.p99), Median(ratios), in_flight, static_cast<long>(get_unit.failed + pingpong.failed));
  return get_unit.failed + pingpong.failed == 0 ? 0 : 1;
}
