#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace wenming::gateway {

// Debian's Abseil has a string_view of its own; this hands ours to it.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

// And back.
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace wenming::gateway
