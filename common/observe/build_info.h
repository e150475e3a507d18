// What runs, and since when, as metrics.
#pragma once

#include "absl/time/time.h"
#include "prometheus/registry.h"

namespace wenming::observe {

// Adds, for as long as the registry lives:
//   wenming_build_info{version}     always 1; the version of the whole platform
//   process_start_time_seconds      when the process began, in Unix time, under the name every dashboard knows
void AddBuildInfo(prometheus::Registry& registry, absl::Time start);

}  // namespace wenming::observe
