// Reads the ledger as the verifier needs it: many rows at once, in the order of their keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/hour_entry.h"
#include "volunteer_svc/hours/ledger_store.h"

namespace wenming::volunteer {

// Where an entry stands.
struct EntryPlace {
  uint64_t volunteer_id = 0;
  int64_t sequence = 0;
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
  // Up to `limit` entries of the range, by volunteer and sequence; after that place where one is given. For ParseEntry.
  static absl::StatusOr<std::vector<std::string>> Entries(db::Session& session, const VolunteerRange& range,
                                                          const std::optional<EntryPlace>& after, int limit);
  // Every credited time of the range, by volunteer and start.
  static absl::StatusOr<std::vector<CreditedTime>> Times(db::Session& session, const VolunteerRange& range);
};

}  // namespace wenming::volunteer
