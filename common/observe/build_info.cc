#include "common/observe/build_info.h"

#include "prometheus/gauge.h"

namespace wenming::observe {

void AddBuildInfo(prometheus::Registry& registry, absl::Time start) {
  prometheus::BuildGauge()
      .Name("wenming_build_info")
      .Help("The version that runs.")
      .Register(registry)
      .Add({{"version", WENMING_VERSION}})
      .Set(1);
  prometheus::BuildGauge()
      .Name("process_start_time_seconds")
      .Help("When the process began, in Unix time.")
      .Register(registry)
      .Add({})
      .Set(absl::ToDoubleSeconds(start - absl::UnixEpoch()));
}

}  // namespace wenming::observe
