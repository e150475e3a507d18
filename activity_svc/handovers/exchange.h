// Proposing, answering and carrying out a handover, each inside one transaction.
//
// Locks are taken in the order of the whole service: persons in the order of their ids, then shifts in the order of
// theirs. No counter changes: whoever takes over sits on the same place.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "activity_svc/handovers/handovers_store.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// What is proposed.
struct Proposal {
  uint64_t registration_id = 0;
  std::string_view taker_number = {};
  uint64_t wanted_shift_id = 0;  // 0: a stand-in
};

// FAILED_PRECONDITION when there is no place to give, with REASON_HANDOVER_SELF, or, for a swap, with the rule that
// the giver himself would not meet in the other shift. What the taker has is not told.
absl::StatusOr<Handover> Propose(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids,
                                 const Proposal& proposal);

// Carries it out. A repetition changes nothing.
absl::StatusOr<Handover> Accept(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids, uint64_t id);

// Ends one that waits: DECLINED by the taker, WITHDRAWN by the giver. A repetition changes nothing;
// FAILED_PRECONDITION with REASON_NO_HANDOVER when it was answered otherwise.
absl::StatusOr<Handover> Refuse(db::Transaction& transaction, const rpc::Call& call, ids::Generator& ids, uint64_t id,
                                HandoverState answer);

}  // namespace wenming::activity
