// The objects that volunteer_svc consists of.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/service/runtime.h"

namespace wenming::volunteer {

// Builds the resource services and begins to apply the events of activity_svc, where --activity-events names it.
absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime);

}  // namespace wenming::volunteer
