// Running numbers without gaps: 1, 2, 3 … for each center and name.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace wenming::volunteer {

// The next number. It belongs to the transaction: rolled back, the next caller gets it. Whoever takes a number waits
// for the transaction that took the one before, so take it late.
absl::StatusOr<int64_t> TakeNumber(db::Transaction& transaction, uint64_t center_id, std::string_view name);

}  // namespace wenming::volunteer
