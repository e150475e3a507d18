#pragma once

#include <map>
#include <string>
#include <string_view>

namespace wenming::gateway::ops {

// What a process says of itself at one moment: values by series, written like `name{label="value",…}`.
using Samples = std::map<std::string, double>;

// Reads the Prometheus text format, version 0.0.4. What single methods and routes have done is added up (labels
// grpc_service, grpc_method, method, route), so that a few hundred series are left of many thousand. Comments, lines
// that are no sample, and values that are no number below 2^53 are left out.
Samples ReadSamples(std::string_view text);

}  // namespace wenming::gateway::ops
