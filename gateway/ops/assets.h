#pragma once

#include <span>

#include "gateway/docs/assets.h"

namespace wenming::gateway::ops {

// All that /ops needs besides /ops/metrics and the log-in; nothing comes from elsewhere.
std::span<const docs::Asset> Assets();

}  // namespace wenming::gateway::ops
