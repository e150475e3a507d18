#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/catalog/catalog.h"
#include "gateway/ops/gatherer.h"
#include "gateway/server/local_pages.h"

namespace wenming::gateway {

// What all processes say of themselves, under this path, for whom a service lets look at it. /ops shows it.
inline constexpr char kOpsMetricsPath[] = "/ops/metrics";

// Of whom it is gathered, and who is let in. Immutable and thread-safe.
struct Ops {
  std::vector<ops::Target> targets;
  const Method* access = nullptr;         // whoever this method answers may look
  std::chrono::milliseconds patience{0};  // with each target

  // Adds the page, too. NOT_FOUND or FAILED_PRECONDITION, naming the method, for one that is not there, that streams,
  // or that answers everybody.
  static absl::StatusOr<std::unique_ptr<const Ops>> Make(std::vector<ops::Target> targets, const std::string& access,
                                                         std::chrono::milliseconds patience, const Catalog& catalog,
                                                         LocalPages& pages);
};

}  // namespace wenming::gateway
