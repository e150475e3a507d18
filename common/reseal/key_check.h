// Notices keys that are not those which the database was written with.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/db/pool.h"
#include "common/reseal/sealed_table.h"

namespace wenming::reseal {

// Opens some cells from both ends of each table, where a rotation under way has its generations, and computes the blind
// indexes beside them again. FAILED_PRECONDITION where no cell of a generation opens (data.key is another one, or has
// lost that generation), or none of the indexes agrees (index.key is another one); it names file and generation, and
// nothing that was read. A single cell that was altered stops nobody: re-encryption reports it. Tables without a filled
// cell, as those of a new database, say nothing.
//
// For the start of a service: with a key of its own it would find nobody, register everybody again, and write rows that
// the right key does not open. Reads at most 10 rows a table, and what is empty before them.
absl::Status CheckKeys(db::Pool& pool, const crypto::DataCipher& cipher, const crypto::BlindIndex& index,
                       const std::vector<SealedTable>& tables, absl::Time deadline);

}  // namespace wenming::reseal
