#pragma once

#include <functional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "gateway/net/asio.h"

namespace wenming::gateway::ops {

// Asks one process for its /metrics over HTTP, however long that takes. `done` is called once, on the loop and never
// from within: with the text, at most 16 MB, or with nothing when no answer of status 200 came. What is returned gives
// up: `done` is called soon then.
std::function<void()> GetMetrics(asio::io_context& loop, const Tcp::endpoint& endpoint,
                                 absl::AnyInvocable<void(std::string text)> done);

}  // namespace wenming::gateway::ops
