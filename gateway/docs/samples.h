#pragma once

#include <string>

#include "gateway/transcode/binding.h"

namespace wenming::gateway::docs {

// Requests as a reader may copy them: JSON with what the path gives and the fields that are required. Where nothing
// says what is required, the first plain fields stand for all.

// What is sent as body; "" where the route takes none.
std::string SampleBody(const Binding& binding);
// The whole request, as grpcurl wants it.
std::string SampleRequest(const Binding& binding);
// The query with the parameters that are required: "?start=…", or "".
std::string SampleQuery(const Binding& binding);

}  // namespace wenming::gateway::docs
