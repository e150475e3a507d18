// The refusal of what may be tried again after a while.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/errors/errors.h"

namespace wenming::volunteer {

// RESOURCE_EXHAUSTED with the reason and the time to wait.
absl::Status RetryLater(errors::Reason reason, const errors::Metadata& metadata, absl::Duration wait);

}  // namespace wenming::volunteer
