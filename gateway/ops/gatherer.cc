#include "gateway/ops/gatherer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/docs/json_out.h"
#include "gateway/net/endpoint_text.h"
#include "gateway/ops/metrics_get.h"
#include "gateway/text.h"

namespace wenming::gateway::ops {
namespace {

constexpr absl::Duration kFresh = absl::Seconds(1);

}  // namespace

absl::StatusOr<Target> Target::Parse(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return absl::InvalidArgumentError(absl::StrCat("\"", ToAbsl(text), "\" is not NAME=HOST:PORT"));
  }
  auto address = Address::Parse(text.substr(equals + 1));
  if (!address.ok()) return address.status();
  return Target{std::string(text.substr(0, equals)), *std::move(address)};
}

// One round of questions.
struct Gatherer::Round {
  absl::Time begin;
  std::vector<std::vector<Instance>> instances;  // of each target
  std::vector<std::function<void()>> stops;
  size_t awaited = 0;  // answers, of resolvers and processes
};

Gatherer::Gatherer(asio::io_context& loop, const std::vector<Target>& targets, std::chrono::milliseconds patience,
                   observe::Clock clock)
    : loop_(loop),
      targets_(targets),
      patience_(patience),
      clock_(std::move(clock)),
      resolver_(loop.get_executor()),
      timer_(loop.get_executor()) {}

void Gatherer::Get(Done done) {
  const absl::Duration age = clock_() - asked_;
  if (round_ == nullptr && age >= absl::ZeroDuration() && age < kFresh) return done(report_);
  waiting_.push_back(std::move(done));
  if (round_ == nullptr) Begin();
}

void Gatherer::Begin() {
  round_ = std::make_shared<Round>(Round{.begin = clock_(), .instances = {}, .stops = {}, .awaited = targets_.size()});
  round_->instances.resize(targets_.size());
  for (size_t i = 0; i < targets_.size(); ++i) {
    const Address& address = targets_[i].address;
    resolver_.async_resolve(address.host, std::to_string(address.port),
                            [this, round = round_, i](ErrorCode, const Tcp::resolver::results_type& found) {
                              if (round == round_) Resolved(round, i, found);
                            });
  }
  timer_.expires_after(patience_);
  timer_.async_wait([this, round = round_](ErrorCode cancelled) {
    if (!cancelled && round == round_) Land();
  });
}

void Gatherer::Resolved(const RoundPtr& round, size_t target, const Tcp::resolver::results_type& found) {
  std::vector<Instance>& instances = round->instances[target];
  for (const auto& entry : found) {
    const size_t i = instances.size();
    instances.push_back({.name = TextOf(entry.endpoint()), .up = false, .samples = {}});
    ++round->awaited;
    round->stops.push_back(GetMetrics(loop_, entry.endpoint(), [this, round, target, i](const std::string& text) {
      if (round != round_) return;
      Instance& instance = round->instances[target][i];
      instance.samples = ReadSamples(text);
      instance.up = !instance.samples.empty();
      Arrived(round);
    }));
  }
  Arrived(round);
}

void Gatherer::Arrived(const RoundPtr& round) {
  if (--round->awaited == 0) Land();
}

void Gatherer::Land() {
  timer_.cancel();
  resolver_.cancel();  // or else those that are slow would queue up, with each round more
  for (const auto& stop : round_->stops) stop();
  report_ = Report();
  asked_ = round_->begin;
  round_ = nullptr;
  for (Done& done : std::exchange(waiting_, {})) done(report_);
}

void Gatherer::Stop() {
  timer_.cancel();
  resolver_.cancel();
  waiting_.clear();
  if (const RoundPtr round = std::exchange(round_, nullptr)) {
    for (const auto& stop : round->stops) stop();
  }
}

std::string Gatherer::Report() const {
  docs::JsonOut out;
  out.BeginObject();
  out.Number("time", absl::ToDoubleSeconds(round_->begin - absl::UnixEpoch()));
  out.BeginArray("instances");
  for (size_t i = 0; i < targets_.size(); ++i) {
    std::vector<Instance>& instances = round_->instances[i];
    if (instances.empty()) instances.push_back({.name = targets_[i].address.Text(), .up = false, .samples = {}});
    for (const Instance& instance : instances) {
      out.BeginObject();
      out.Text("target", targets_[i].name);
      out.Text("instance", instance.name);
      out.Flag("up", instance.up);
      out.BeginObject("samples");
      for (const auto& [series, value] : instance.samples) out.Number(series, value);
      out.EndObject();
      out.EndObject();
    }
  }
  out.EndArray();
  out.EndObject();
  return out.Result();
}

}  // namespace wenming::gateway::ops
