// What certificates say of the ledger: each keeps the sequence and the hash of the newest entry when it was issued.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "volunteer_svc/hours/ledger_verifier.h"

namespace wenming::volunteer {

// The first entry, in order of center, volunteer and sequence, that is not as a certificate saw it: removed from the
// end of a chain, or in a chain that somebody has made anew, which VerifyLedger alone finds in order. Reads beside
// running services, for a certificate is issued under the lock of the account. Errors are the database's.
absl::StatusOr<std::optional<LedgerFault>> FindBrokenAnchor(db::Pool& pool);

}  // namespace wenming::volunteer
