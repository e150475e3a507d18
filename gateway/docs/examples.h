#pragma once

#include <string>

#include "gateway/transcode/binding.h"

namespace wenming::gateway::docs {

// Markdown: the same call by curl, by grpcurl and by wx.request, each in a fenced block. "$API" stands for the address
// of the HTTP port, "$EDGE" for that of the gRPC edge, "$PROTOSET" for the descriptor set and "$TOKEN" for an access
// token.
std::string Examples(const Binding& binding, bool needs_token);

}  // namespace wenming::gateway::docs
