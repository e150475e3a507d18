// Loading a volunteer for a change, and storing what it came to: what every service that changes one has in common.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_store.h"

namespace wenming::volunteer {

// The volunteer, locked until the transaction ends, where the caller is the person himself or holds the permission on
// the unit. NOT_FOUND where there is none; another volunteer hears PERMISSION_DENIED whether there is one or not.
absl::StatusOr<VolunteerRecord> LoadForChange(db::Transaction& transaction, const rpc::Call& call,
                                              const VolunteersStore& store, uint64_t id, std::string_view permission);

// Tells the other services what the volunteer is now.
absl::Status Tell(db::Transaction& transaction, const rpc::Call& call, const Dependencies& with,
                  const VolunteerRecord& record);

// Stores what is no part of the identity (VolunteersStore::Update) at the time of the call, and tells the others.
absl::Status StoreChange(db::Transaction& transaction, const rpc::Call& call, const Dependencies& with,
                         const VolunteersStore& store, VolunteerRecord& record);

// Ends the membership of somebody who takes part; says whether he did.
absl::StatusOr<bool> EndMembership(db::Transaction& transaction, const rpc::Call& call, const Dependencies& with,
                                   const VolunteersStore& store, VolunteerRecord& record);

}  // namespace wenming::volunteer
