// The encrypted columns of this service, as data for their re-encryption.
#pragma once

#include <vector>

#include "common/reseal/sealed_table.h"

namespace wenming::volunteer {

// Every table of volunteer_svc/schema with columns `…_sealed`.
std::vector<reseal::SealedTable> SealedTables();

}  // namespace wenming::volunteer
