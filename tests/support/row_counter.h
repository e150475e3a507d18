// What a call costs the database, as the database counts it.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "common/db/pool.h"

namespace wenming::test {

// Rows that the call looked at; it must succeed. `pool` lends one and the same connection to whoever asks alone, and
// the call uses it.
int64_t RowsReadBy(db::Pool& pool, const std::function<absl::Status()>& call);

}  // namespace wenming::test
