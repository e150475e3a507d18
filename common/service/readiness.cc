#include "common/service/readiness.h"

#include <utility>

#include "common/service/database_guard.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);
// Until it is ready for the first time: what is still missing then is mostly there in a moment.
constexpr absl::Duration kFirstInterval = absl::Milliseconds(50);
// A round that takes longer hangs in the database, which therefore is not there.
constexpr absl::Duration kSlowRound = absl::Seconds(5);
// Longer than a round can take while a database hangs: four statements of half a minute, each tried twice.
constexpr absl::Duration kStand = absl::Minutes(5);

prometheus::Gauge& MakeGauge(prometheus::Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

Readiness::Readiness(ReadinessOptions options, rpc::Server& server)
    : options_(std::move(options)),
      server_(server),
      ready_(MakeGauge(
          options_.registry, "wenming_ready",
          "Whether the service is ready to answer: its database is there and safe, and so is its directory.")),
      clock_ahead_(MakeGauge(options_.registry, "wenming_clock_ahead_seconds",
                             "By how much the clock is ahead of the database's; negative where it is behind.")),
      slow_(kSlowRound,
            [this](bool on_time) {
              if (!on_time) Set(false);
            }),
      stand_(kStand,
             [this](bool alive) {
               server_.SetAlive(alive);
               options_.logger.Error(alive ? "goes on after a stand" : "stands still; a restart may help");
             }),
      thread_([this] { Run(); }) {}

void Readiness::End() {
  if (!ending_.HasBeenNotified()) ending_.Notify();
  Set(false);
}

Readiness::~Readiness() {
  End();
  thread_.join();
  Set(false);  // whoever was about to say otherwise has
}

void Readiness::Run() {
  absl::Duration pause = kFirstInterval;
  DatabaseGuard guard(options_.allow_unsafe_database, options_.logger);
  do {
    const absl::Time now = options_.clock();
    const absl::Time until = now + kInterval;
    const bool trusted = guard.Trusts(options_.db, until);
    const bool ready = trusted && options_.directory.Ready(now) && options_.staff_revocations.Ready(now);
    Set(ready);
    if (trusted && options_.clock_guard.Compare(options_.db, until).ok()) ReportClock();
    slow_.Beat();  // chores may wait for locks, in a database that is well
    options_.chores(now, until);
    if (ready) pause = kInterval;
    stand_.Beat();
  } while (!ending_.WaitForNotificationWithTimeout(pause));
}

void Readiness::Set(bool ready) {
  ready = ready && !ending_.HasBeenNotified();
  server_.SetReady(ready);
  ready_.Set(ready ? 1 : 0);
}

void Readiness::ReportClock() {
  const absl::Duration ahead = options_.clock_guard.Ahead();
  clock_ahead_.Set(absl::ToDoubleSeconds(ahead));
  const bool differs = absl::AbsDuration(ahead) > ClockGuard::kMost;
  if (differs && !clock_differs_) {
    options_.logger.Error("the clock is not the database's: tokens are refused",
                          {{"ahead_seconds", absl::ToDoubleSeconds(ahead)}});
  }
  clock_differs_ = differs;
}

}  // namespace wenming::service
