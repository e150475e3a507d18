// Units in the database.
//
// Every writer locks the row of its center first (LockCenter), so that per center there is one at a time: what an
// import or a move has read is still true when it writes. Errors are those of common/db unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "org_svc/units/unit_record.h"

namespace wenming::org {

// NOT_FOUND where there is no such center.
absl::Status LockCenter(db::Transaction& transaction, uint64_t center_id);

// NOT_FOUND where there is no such unit in the center. Locks the row until the end of the transaction.
absl::StatusOr<UnitRecord> LoadUnit(db::Transaction& transaction, uint64_t center_id, uint64_t id);

// Units of a center in the order of their ids, after the id; deleted ones too.
absl::StatusOr<std::vector<UnitRecord>> ReadUnits(db::Session& session, uint64_t center_id, uint64_t after_id,
                                                  int limit);
absl::StatusOr<std::vector<UnitRecord>> ReadAllUnits(db::Session& session, uint64_t center_id);

// In the order of their codes.
absl::StatusOr<std::vector<uint64_t>> ReadCenters(db::Session& session);
absl::StatusOr<std::optional<uint64_t>> FindCenter(db::Session& session, std::string_view code);

// ALREADY_EXISTS where another transaction has taken the code.
absl::Status ClaimCenter(db::Transaction& transaction, std::string_view code, uint64_t center_id);

// ALREADY_EXISTS where a code is taken in the center.
absl::Status InsertUnits(db::Transaction& transaction, std::span<const UnitRecord> units);

// Writes the record's values over the row's; the caller has loaded it in this transaction.
absl::Status UpdateUnit(db::Transaction& transaction, const UnitRecord& unit);

// Active units directly below, and active teams of the unit.
absl::StatusOr<int64_t> CountBelow(db::Transaction& transaction, uint64_t center_id, uint64_t id);

// Appends what has changed to the event stream; `units` of one center, a parent before its children. Answers what to
// tell one's own process after the commit.
absl::StatusOr<std::vector<v1::UnitsChanged>> PublishUnits(db::Transaction& transaction, ids::Generator& ids,
                                                           std::span<const UnitRecord> units, absl::Time now);

}  // namespace wenming::org
