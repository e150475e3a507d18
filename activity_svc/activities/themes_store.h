// The theme pairs of a center: its own rows, and everybody's where it has none of that key.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace wenming::activity {

// A value.
struct Theme {
  std::string key;
  std::string inherit;
  std::string practise;
};

// Those in use, in their usual order.
absl::StatusOr<std::vector<Theme>> LoadThemes(db::Session& session, uint64_t center_id);

}  // namespace wenming::activity
