// Accounts and role bindings in the database. Errors are those of common/db unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "org_svc/staff/staff_record.h"

namespace wenming::org {

// The account with its bindings: NOT_FOUND where there is none. Load locks it until the end of the transaction.
absl::StatusOr<StaffRecord> ReadStaff(db::Session& session, uint64_t id);
absl::StatusOr<StaffRecord> LoadStaff(db::Transaction& transaction, uint64_t id);

// Accounts of a center (0: of the platform) in the order of their user names, after the name. With `units` only those
// with a role on one of them.
absl::StatusOr<std::vector<StaffRecord>> ListStaff(db::Session& session, uint64_t center_id, std::string_view after,
                                                   int limit);
absl::StatusOr<std::vector<StaffRecord>> ListStaffOn(db::Session& session, uint64_t center_id,
                                                     std::span<const uint64_t> units, std::string_view after,
                                                     int limit);

absl::StatusOr<bool> AnyStaff(db::Session& session);

// ALREADY_EXISTS where the user name is taken on the platform.
absl::Status InsertStaff(db::Transaction& transaction, const StaffRecord& record, std::string_view password_hash);
// Writes state, volunteer and version over the row's; the caller has loaded it in this transaction.
absl::Status UpdateStaff(db::Transaction& transaction, const StaffRecord& record, absl::Time now);
absl::Status InsertBinding(db::Transaction& transaction, const StaffRecord& record, const Binding& binding,
                           absl::Time now);
absl::Status DeleteBinding(db::Transaction& transaction, const StaffRecord& record, const Binding& binding);

// Appends the account to the event stream; answers what to tell one's own process after the commit.
absl::StatusOr<v1::StaffChanged> PublishStaff(db::Transaction& transaction, ids::Generator& ids,
                                              const StaffRecord& record, absl::Time now);

}  // namespace wenming::org
