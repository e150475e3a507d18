// Writes the ledger: `hour_entries` by inserting only, `hour_accounts` and `credited_times` along with them. Everything
// works on many rows of one center at once, with few shapes of statements.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/hour_entry.h"

namespace wenming::volunteer {

// An account and whose it is.
using OwnedAccount = std::pair<uint64_t, HourAccount>;

// A time to look before, in the times of a volunteer.
struct Before {
  uint64_t volunteer_id = 0;
  absl::Time time;
};

// Functions on the caller's transaction.
class LedgerStore {
 public:
  // The accounts that there are of these, locked until the transaction ends.
  static absl::StatusOr<std::vector<OwnedAccount>> LockAccounts(db::Transaction& transaction, uint64_t center_id,
                                                                std::span<const uint64_t> volunteer_ids);
  // Every entry of these registrations, those of one registration in order of revision.
  static absl::StatusOr<std::vector<HourEntry>> OfRegistrations(db::Transaction& transaction, uint64_t center_id,
                                                                std::span<const uint64_t> registration_ids);
  // For each, the credited time of the volunteer that begins last of those that begin before it, where there is one.
  static absl::StatusOr<std::vector<CreditedTime>> LastBefore(db::Transaction& transaction, uint64_t center_id,
                                                              std::span<const Before> befores);

  // ALREADY_EXISTS where a registration has that revision already.
  static absl::Status Insert(db::Transaction& transaction, std::span<const HourEntry> entries);
  // Writes accounts that this transaction has locked.
  static absl::Status Move(db::Transaction& transaction, uint64_t center_id, std::span<const OwnedAccount> accounts);
  static absl::Status Credit(db::Transaction& transaction, uint64_t center_id, std::span<const CreditedTime> times);
  // DATA_LOSS where the time is not there as the entry credited it: the table was altered.
  static absl::Status Uncredit(db::Transaction& transaction, uint64_t center_id, const CreditedTime& time);
};

}  // namespace wenming::volunteer
