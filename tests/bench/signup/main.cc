// The rush, measured: `./wenming bench signup --help` says how.
//
//   signup_rush [--seconds N] [--rounds N]
//
// A line for each run on standard error; at the end one JSON line on standard output.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "tests/bench/closed_loop.h"
#include "tests/bench/signup/naive.h"
#include "tests/bench/signup/stage.h"

namespace wenming::bench {
namespace {

constexpr int kInFlight = 256, kConnections = 32;
constexpr int kPlenty = 1000000, kSpread = 1000, kFew = 50;

// One shift at a time: whoever has signed up goes on to the next one, for nobody comes to a shift twice.
class Hot {
 public:
  explicit Hot(Tables& tables) : shifts_(tables.AddShifts(100, kPlenty)) {}
  uint64_t operator()(int64_t n) const { return shifts_[static_cast<size_t>(n / kPeople) % shifts_.size()]; }

 private:
  std::vector<uint64_t> shifts_;
};

// A thousand shifts in turns, shifted by one each time everybody has come.
class Spread {
 public:
  explicit Spread(Tables& tables) : shifts_(tables.AddShifts(kSpread, kPlenty)) {}
  uint64_t operator()(int64_t n) const { return shifts_[static_cast<size_t>(n + n / kPeople) % shifts_.size()]; }

 private:
  std::vector<uint64_t> shifts_;
};

struct Series {
  std::vector<double> hot, hot_p99, spread, naive_hot, naive_spread, hot_ratio, spread_ratio, refused;
  int64_t failed = 0;
};

void Round(Stage& stage, Tables& peer, absl::Duration length, Series& series) {
  const auto told = [&series](const char* name, const Measured& m) {
    std::fprintf(stderr, "%-8s %8.0f/s   p50 %6.2f ms   p99 %6.2f ms   failed %ld\n", name, m.qps, m.p50_ms, m.p99_ms,
                 static_cast<long>(m.failed));
    series.failed += m.failed;
    return m;
  };
  Tables& ours = stage.tables();
  const double naive_hot = RunNaive(peer, Hot(peer), kConnections, length);
  std::fprintf(stderr, "%-8s %8.0f/s\n", "peer hot", naive_hot);
  const Measured hot = told("hot", stage.Run(Hot(ours), kInFlight, length));
  const double naive_spread = RunNaive(peer, Spread(peer), kConnections, length);
  std::fprintf(stderr, "%-8s %8.0f/s\n", "peer spr", naive_spread);
  const Measured spread = told("spread", stage.Run(Spread(ours), kInFlight, length));
  const uint64_t full = ours.AddShifts(1, kFew).front();
  const Measured refused = told("refused", stage.Run([full](int64_t) { return full; }, kInFlight, length, true));
  series.hot.push_back(hot.qps);
  series.hot_p99.push_back(hot.p99_ms);
  series.spread.push_back(spread.qps);
  series.naive_hot.push_back(naive_hot);
  series.naive_spread.push_back(naive_spread);
  series.hot_ratio.push_back(hot.qps / naive_hot);
  series.spread_ratio.push_back(spread.qps / naive_spread);
  series.refused.push_back(refused.qps);
}

int Run(absl::Duration length, int rounds) {
  Stage stage;
  Tables peer(2);  // migrating needs two connections
  Series warm_up, series;
  Round(stage, peer, absl::Seconds(1), warm_up);
  for (int i = 0; i < rounds; ++i) Round(stage, peer, length, series);
  const int64_t oversold = stage.Oversold(), lost = stage.Lost();
  std::printf(
      "{\"hot_qps\":%.0f,\"hot_p99_ms\":%.2f,\"spread_qps\":%.0f,\"naive_hot_qps\":%.0f,\"naive_spread_qps\":%.0f,"
      "\"hot_ratio\":%.2f,\"spread_ratio\":%.2f,\"refused_qps\":%.0f,\"oversold\":%ld,\"lost\":%ld,\"failed\":%ld}\n",
      Median(series.hot), Median(series.hot_p99), Median(series.spread), Median(series.naive_hot),
      Median(series.naive_spread), Median(series.hot_ratio), Median(series.spread_ratio), Median(series.refused),
      static_cast<long>(oversold), static_cast<long>(lost), static_cast<long>(series.failed + warm_up.failed));
  return oversold == 0 && lost == 0 && series.failed + warm_up.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace wenming::bench

int main(int argc, char** argv) {
  int seconds = 5, rounds = 3;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--seconds") == 0) seconds = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--rounds") == 0) rounds = std::atoi(argv[i + 1]);
  }
  if (argc % 2 == 0 || seconds < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: signup_rush [--seconds N] [--rounds N]\n");
    return 2;
  }
  return wenming::bench::Run(absl::Seconds(seconds), rounds);
}
