// Waiting for a database that is not there yet: in a cluster it begins together with those who need it.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"

namespace wenming::service {

struct DatabaseWait {
  std::function<absl::Status()> ask;          // UNAVAILABLE where the database is not there
  std::function<bool(absl::Duration)> pause;  // false where the process was told to end meanwhile
  observe::Clock clock;
  absl::Time deadline;
};

// Asks again and again while the answer is UNAVAILABLE, until the deadline, and logs every half minute what it waits
// for. The last answer, which waiting does not mend where it came before the deadline; CANCELLED where the process was
// told to end.
absl::Status AwaitDatabase(const DatabaseWait& wait, const observe::Logger& logger);

}  // namespace wenming::service
