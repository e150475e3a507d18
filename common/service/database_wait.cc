#include "common/service/database_wait.h"

#include "common/db/errors.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(500);
constexpr absl::Duration kTellEvery = absl::Seconds(30);

}  // namespace

absl::Status AwaitDatabase(const DatabaseWait& wait, const observe::Logger& logger) {
  const absl::Time begin = wait.clock();
  absl::Time tell = begin;
  for (;;) {
    const absl::Status status = wait.ask();
    const absl::Time now = wait.clock();
    if (!absl::IsUnavailable(status) || now >= wait.deadline) return status;
    if (now >= tell) {
      logger.Warn("waits for the database",
                  {{"seconds", absl::ToInt64Seconds(now - begin)}, {"error", db::DriverText(status)}});
      tell = now + kTellEvery;
    }
    if (!wait.pause(kPause)) return absl::CancelledError("told to end before the database was there");
  }
}

}  // namespace wenming::service
