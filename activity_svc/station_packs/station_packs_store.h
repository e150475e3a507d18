// The tables of station packs and of what was recorded with them. Rows are written under the lock of their shift
// (shifts_store.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/station_packs/station_packs_rules.h"
#include "common/db/session.h"

namespace wenming::activity {

// A record by the station's own id.
absl::StatusOr<std::optional<StationRecord>> FindRecord(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                        std::string_view record_id);

// All of a registration.
absl::StatusOr<std::vector<StationRecord>> ListRecordsOf(db::Session& session, uint64_t center_id,
                                                         uint64_t registration_id);

// All records of a person, of the registrations with ids from `first` to `last`, each with who sent it and when; those
// of a registration in the order in which they were sent.
struct OwnRecord {
  StationRecord record = {};
  std::string uploader = {};
  absl::Time upload_time = {};
};
absl::StatusOr<std::vector<OwnRecord>> ListOwnRecords(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      uint64_t first, uint64_t last);

// Keeps that a pack was issued. Under the lock of the shift, as all that follows.
absl::Status InsertPack(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id, uint64_t pack_id,
                        std::string_view issuer, absl::Time now);
// Keeps that the station with this pack has reported now that the shift is over; the first time only.
absl::Status ReportPack(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id, uint64_t pack_id,
                        absl::Time now);
// How many packs of the shift have not reported since its end.
absl::StatusOr<int64_t> CountSilentPacks(db::Session& session, uint64_t center_id, uint64_t shift_id);

absl::Status InsertRecord(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                          const StationRecord& record, std::string_view uploader, absl::Time now);

}  // namespace wenming::activity
