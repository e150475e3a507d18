// Doing what has become due, row by row: a row that fails waits for the next turn and stops none of the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wenming::activity {

// A value: which row, and when it is due.
struct DueRow {
  uint64_t center_id = 0;
  uint64_t id = 0;
  absl::Time due = {};
};

// `list` answers the first rows by the time at which they are due, at most so many, as a vector; `row_of` makes a
// DueRow of one; `act` does one in a transaction of its own, after which it is not listed any more. Answers when the
// next is due, InfiniteFuture where there is none, or the last failure once everything else is done.
template <typename List, typename RowOf, typename Act>
absl::StatusOr<absl::Time> DoDueRows(absl::Time now, List list, RowOf row_of, Act act) {
  constexpr size_t kBatch = 200;
  std::set<std::pair<uint64_t, uint64_t>> failing;
  absl::Status failed;
  while (true) {
    // Those that failed are the first again: so many more are asked for.
    const size_t limit = kBatch + failing.size();
    const auto rows = list(static_cast<int>(limit));
    if (!rows.ok()) return rows.status();
    for (const auto& listed : *rows) {
      const DueRow row = row_of(listed);
      if (row.due > now) return failed.ok() ? absl::StatusOr<absl::Time>(row.due) : failed;
      if (failing.contains({row.center_id, row.id})) continue;
      if (const absl::Status done = act(listed); !done.ok()) {
        failing.insert({row.center_id, row.id});
        failed = done;
      }
    }
    if (rows->size() >= limit) continue;
    return failed.ok() ? absl::StatusOr<absl::Time>(absl::InfiniteFuture()) : failed;
  }
}

}  // namespace wenming::activity
