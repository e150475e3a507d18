// Etags: what a caller saw last, made from the row's version.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wenming::org {

std::string Etag(int64_t version);

// ABORTED with REASON_ETAG_MISMATCH where `etag` is given and not that of the version.
absl::Status CheckEtag(std::string_view etag, int64_t version);

}  // namespace wenming::org
