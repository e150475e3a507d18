// The first account of a new platform.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/password_hasher.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"

namespace wenming::org {

// Creates the account "admin" with the role system_admin on the platform, where there is no staff at all yet; several
// processes may try at once. INVALID_ARGUMENT for a password of fewer than 10 or more than 128 bytes.
absl::Status BootstrapAdmin(db::Pool& db, ids::Generator& ids, const auth::PasswordHasher& hasher,
                            std::string_view password, absl::Time now, absl::Time deadline);

}  // namespace wenming::org
