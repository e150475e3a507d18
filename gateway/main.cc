// The gateway's program: flags, start, wait for SIGTERM or SIGINT, drain, stop.

#include <csignal>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/observe/log.h"
#include "gateway/server/flags.h"
#include "gateway/server/gateway.h"

namespace {

using wenming::gateway::Gateway;

// Blocks the signals that end the program in every thread, so that Wait gets them.
sigset_t BlockEnd() {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigaddset(&end, SIGINT);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return end;
}

int Fail(const absl::Status& status) {
  std::cerr << "gateway: " << status.message() << std::endl;
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  auto flags = wenming::gateway::ParseFlags(std::vector<std::string>(argv + 1, argv + argc));
  if (!flags.ok()) return Fail(flags.status());
  if (flags->help) {
    std::cout << wenming::gateway::FlagsHelp();
    return 0;
  }
  std::random_device random;
  flags->options.seed = static_cast<uint64_t>(random()) << 32 | random();

  sigset_t end = BlockEnd();
  const wenming::observe::Logger logger(std::cout, "gateway", wenming::observe::Severity::kInfo,
                                        wenming::observe::SystemClock());
  auto gateway = Gateway::Start(std::move(flags->options), logger);
  if (!gateway.ok()) return Fail(gateway.status());
  int signal = 0;
  sigwait(&end, &signal);
  (*gateway)->Drain();
  gateway->reset();
  logger.Info("stopped");
  return 0;
}
