// Reads a volunteer's part of the ledger again and says whether it is as it was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace wenming::volunteer {

// The first row that is not as it was written.
struct ChainFault {
  int64_t sequence = 0;  // of the entry; one beyond the last where the account itself is wrong
  std::string what;      // for people who administrate: "hash", "balance" …
};

struct ChainReport {
  int64_t entries = 0;  // that are in order
  std::optional<ChainFault> fault;
};

// Follows the chain from the first entry to the head of the account and finds a row that was altered, removed, inserted
// or moved. Holds the account's lock meanwhile, so that nothing is written to it. NOT_FOUND where there is no account.
absl::StatusOr<ChainReport> VerifyChain(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

}  // namespace wenming::volunteer
