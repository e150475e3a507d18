// Who may touch what belongs to a volunteer.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/db/session.h"
#include "common/rpc/call.h"

namespace wenming::volunteer {

// Lets the volunteer himself pass, and staff who hold the permission on the unit he belongs to. NOT_FOUND where the
// center has no such volunteer; another volunteer hears PERMISSION_DENIED whether there is one or not.
absl::Status AuthoriseFor(const rpc::Call& call, db::Session& session, uint64_t volunteer_id,
                          std::string_view permission);

}  // namespace wenming::volunteer
