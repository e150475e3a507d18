// Reads the audit log again and says whether it is as it was written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/audit/chain.h"
#include "common/audit/record.h"
#include "common/db/session.h"

namespace wenming::audit {

// The first record that is not as it was written.
struct Fault {
  int64_t sequence = 0;  // one beyond the last where the end of the chain, or what waits for it, is wrong
  std::string what;      // for people who administrate: "removed", "altered or inserted" …
};

struct Report {
  int64_t records = 0;  // that are in order
  int64_t pending = 0;  // that wait for their place
  std::optional<Fault> fault;
};

// Follows the chain from the first record to its head, in pages, beside running services. `heads` are those exported
// earlier: what was cut off since together with the head is missed against them only. A genuine record that was put
// there a second time is found by its id: those of the last `window` records are kept in memory, and a record that is
// older than what has left it is looked for in the table, by center and time.
//
// Does not find what was removed from `audit_pending` before it was chained: some 200 ms, and for as long as no process
// of the service runs.
absl::StatusOr<Report> Verify(db::Session& session, const ChainKey& key, std::span<const Head> heads,
                              size_t window = 100'000);

// FAILED_PRECONDITION where the key has sealed none of the last records: it is another one, with which a service would
// go on with a log that nobody can verify. A record that was altered stops nobody: Verify finds it. A log without
// records says nothing.
absl::Status CheckKey(db::Session& session, const ChainKey& key);

}  // namespace wenming::audit
