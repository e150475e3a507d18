// Writes the hour ledger: settled hours become entries, and reversed ones entries that take them back, each exactly
// once.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/hour_entry.h"
#include "volunteer_svc/hours/ledger_page.h"

namespace wenming::volunteer {

// Writes entries that hours_rules.h has made of events, in their order for each volunteer, within the transaction,
// whose locks on the accounts put what is told of one volunteer one behind the other, whoever writes it. What comes
// again changes nothing. Answers a credit for each entry, in no order. Many at once cost little more than one: the
// accounts are locked, and the entries inserted, with one statement for some hundreds.
//
// Errors that no repetition mends, so that the event is to be parked: those of LedgerPage::Take, and DATA_LOSS where
// the tables contradict each other (`verify-ledger` says how). Others are the database's (common/db/session.h). After
// an error the transaction must not be committed.
absl::StatusOr<std::vector<Credit>> WriteHours(db::Transaction& transaction, std::vector<HourEntry> wanted);

}  // namespace wenming::volunteer
