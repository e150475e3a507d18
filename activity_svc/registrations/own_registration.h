// What a person does with a registration of his own: cancelling, taking or passing on an offered place.
//
// Each function locks what it needs (person, then shift), answers a repetition like the first time, and says what
// became of the place, for the counters that are counted after the commit.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "activity_svc/registrations/registration.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// What happened.
struct Change {
  Registration registration = {};
  bool changed = false;        // false: it had happened before
  bool offered_again = false;  // the place went to the next on the waiting list
};

// PERMISSION_DENIED for somebody else's, FAILED_PRECONDITION with the rule that stands against it.
absl::StatusOr<Change> CancelOwn(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids, uint64_t id,
                                 std::string_view reason);
// The same. An offer whose time has passed is LAPSED in the answer, and so it has to be committed.
absl::StatusOr<Change> AcceptOwnOffer(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                                      uint64_t id);
absl::StatusOr<Change> DeclineOwnOffer(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                                       uint64_t id);

}  // namespace wenming::activity
