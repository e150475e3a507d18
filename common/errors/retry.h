#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace wenming::errors {

// The status with the time after which it is worth trying again (google.rpc.RetryInfo).
absl::Status WithRetry(absl::Status status, absl::Duration retry_after);

}  // namespace wenming::errors
