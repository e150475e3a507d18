// The table `volunteers`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/volunteers/person.h"
#include "volunteer_svc/volunteers/sealed_person.h"

namespace wenming::volunteer {

// What becomes of a row that is read.
enum class Lock { kNone, kForUpdate };

// Thread-safe; sessions are the caller's.
class VolunteersStore {
 public:
  explicit VolunteersStore(PersonSeal seal) : seal_(seal) {}

  // ALREADY_EXISTS with REASON_ID_NUMBER_TAKEN or REASON_PHONE_TAKEN where another volunteer of the center has it.
  absl::Status Insert(db::Transaction& transaction, const VolunteerRecord& record) const;

  // Stores phone, residence, skills, service categories, state and time of change, and makes the next version. ABORTED
  // with REASON_ETAG_MISMATCH where the row is no longer of `record.version`, ALREADY_EXISTS as above.
  absl::Status Update(db::Transaction& transaction, VolunteerRecord& record) const;

  // Stores name, sex, birth date and ID too. Errors as above.
  absl::Status Correct(db::Transaction& transaction, VolunteerRecord& record) const;

  // Empties what is known of the person, for good; number, unit and times stay. ABORTED as above.
  static absl::Status Erase(db::Transaction& transaction, VolunteerRecord& record);

  absl::StatusOr<std::optional<VolunteerRecord>> Find(db::Session& session, uint64_t center_id, uint64_t id,
                                                      Lock lock = Lock::kNone) const;
  // The unit the volunteer belongs to, of the volunteer that is there.
  static absl::StatusOr<std::optional<uint64_t>> FindUnit(db::Session& session, uint64_t center_id, uint64_t id);

  // Up to `limit` volunteers with numbers greater than `after`, in the order of their numbers: of the whole center, or
  // of the units named.
  absl::StatusOr<std::vector<VolunteerRecord>> ListCenter(db::Session& session, uint64_t center_id,
                                                          std::string_view after, int limit) const;
  absl::StatusOr<std::vector<VolunteerRecord>> ListUnits(db::Session& session, uint64_t center_id,
                                                         const std::vector<uint64_t>& units, std::string_view after,
                                                         int limit) const;

 private:
  absl::StatusOr<VolunteerRecord> Read(db::Row& row) const;
  absl::StatusOr<std::vector<VolunteerRecord>> ReadAll(absl::StatusOr<db::Rows> rows) const;

  PersonSeal seal_;
};

}  // namespace wenming::volunteer
