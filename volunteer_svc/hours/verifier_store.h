// Reads the ledger as the verifier needs it: many rows at once, in the order of their keys.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/account_check.h"
#include "volunteer_svc/hours/hour_entry.h"
#include "volunteer_svc/hours/ledger_store.h"

namespace wenming::volunteer {

// A row with whose it is and where it stands.
struct PlacedEntry {
  uint64_t volunteer_id = 0;
  int64_t sequence = 0;
  EntryText text;
};

// Volunteers of a center, from the first to the last, both included.
struct VolunteerRange {
  uint64_t center_id = 0;
  uint64_t first = 0;
  uint64_t last = 0;
};

// Functions on the caller's session.
struct VerifierStore {
  // The smallest center from `from` on that has a row in any table of the ledger.
  static absl::StatusOr<std::optional<uint64_t>> NextCenter(db::Session& session, uint64_t from);
  // Up to `limit` accounts of volunteers from `first` on, by volunteer.
  static absl::StatusOr<std::vector<OwnedAccount>> Accounts(db::Session& session, uint64_t center_id, uint64_t first,
                                                            int limit);
  // Up to `limit` entries of the range, by volunteer and sequence; after that entry where one is given.
  static absl::StatusOr<std::vector<PlacedEntry>> Entries(db::Session& session, const VolunteerRange& range,
                                                          const PlacedEntry* after, int limit);
  // Every credited time of the range, by volunteer and start.
  static absl::StatusOr<std::vector<CreditedTime>> Times(db::Session& session, const VolunteerRange& range);
};

}  // namespace wenming::volunteer
