// The objects that activity_svc consists of.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/service/runtime.h"

namespace wenming::activity {

// Builds the resource services, begins to sweep what becomes due, and to follow volunteer_svc's volunteers where
// --volunteer-events names it. FAILED_PRECONDITION or NOT_FOUND where the key of the check codes is not usable.
absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime);

}  // namespace wenming::activity
