// Reads the ledger again and says whether it is as it was written.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/account_check.h"

namespace wenming::volunteer {

struct ChainReport {
  int64_t entries = 0;  // that are in order
  std::optional<ChainFault> fault;
};

// Follows the chain of one volunteer from the first entry to the head of the account and finds a row that was altered,
// removed, inserted or moved; also where balance, revisions, account or credited times do not follow from the entries.
// Holds the account's lock meanwhile, so that nothing is written to it. NOT_FOUND where nothing is there.
absl::StatusOr<ChainReport> VerifyChain(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

struct LedgerFault {
  uint64_t center_id = 0;
  uint64_t volunteer_id = 0;
  ChainFault chain;
};

struct LedgerReport {
  int64_t accounts = 0;  // that are in order
  int64_t entries = 0;   // of theirs
  // The first in order of center, volunteer and sequence.
  std::optional<LedgerFault> fault;
};

struct VerifierOptions {
  int threads = 2;
};

// Does that for the whole ledger, beside running services: reads without locks, and what seems wrong again under the
// lock of its account, so that what was just being written is no fault. Stops at the first fault. Errors are the
// database's.
absl::StatusOr<LedgerReport> VerifyLedger(db::Pool& pool, const VerifierOptions& options = {});

}  // namespace wenming::volunteer
