// Says whether the ledger is in order, for who administrates.
#pragma once

#include <iosfwd>

#include "common/db/pool.h"

namespace wenming::volunteer {

// Verifies the whole ledger beside running services and writes one line of JSON:
// {"accounts":…,"entries":…,"fault":null} or, as the fault,
// {"center":"units/…","volunteer":"volunteers/…","sequence":…,"what":"…"} of the first row that is not as it was
// written; {"error":"…"} where the ledger cannot be read. The exit status: 0 where all is in order, else 1.
int ReportLedger(db::Pool& pool, std::ostream& out);

}  // namespace wenming::volunteer
