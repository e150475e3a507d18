// org_svc as one object: its services and what they share.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/service/runtime.h"

namespace wenming::org {

// Creates the first admin where the flag asks for it, loads the directory, and begins to follow its changes.
absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime);

}  // namespace wenming::org
