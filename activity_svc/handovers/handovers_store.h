// The table of handovers. A proposal is answered once: by a conditional UPDATE of one that still waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "wenming/activity/v1/handovers.pb.h"

namespace wenming::activity {

using HandoverState = v1::Handover::State;

// A value.
struct Handover {
  uint64_t id = 0;
  uint64_t registration_id = 0;
  uint64_t shift_id = 0;
  uint64_t giver_id = 0;
  uint64_t taker_id = 0;
  uint64_t wanted_shift_id = 0;  // 0: a stand-in
  HandoverState state = v1::Handover::STATE_PROPOSED;
  absl::Time expire_time = {};
  absl::Time create_time = {};
  absl::Time update_time = {};
  // From the copies of the volunteers.
  std::string giver_number = {};
  std::string giver_masked_name = {};
  std::string taker_number = {};
  std::string taker_masked_name = {};
};

// As the giver or the taker (`reader_id`) may see it.
v1::Handover ToProto(const Handover& handover, uint64_t reader_id);

// NOT_FOUND also for one of another center.
absl::StatusOr<Handover> LoadHandover(db::Session& session, uint64_t center_id, uint64_t id);
// Tells the taker. ALREADY_EXISTS while another of the same registration waits for an answer.
absl::Status InsertHandover(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                            const Handover& handover);
// Says whether it still waited, and then tells the other of the two; of one that lapsed, the giver.
absl::StatusOr<bool> AnswerHandover(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                                    Handover& handover, HandoverState answer, absl::Time now);
// Those that a person has given or was asked for, newest first, with ids below `before`.
absl::StatusOr<std::vector<Handover>> ListHandoversOf(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      uint64_t before, int limit);

// The person with this number; 0 for none.
absl::StatusOr<uint64_t> FindByNumber(db::Session& session, uint64_t center_id, std::string_view number);
// The person's live registration in the shift; 0 for none.
absl::StatusOr<uint64_t> FindInShift(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                     uint64_t volunteer_id);

// One that waits.
struct WaitingHandover {
  uint64_t center_id;
  uint64_t id;
  uint64_t giver_id;
  absl::Time expire_time;
};
// The first that lapse, over all centers.
absl::StatusOr<std::vector<WaitingHandover>> ListWaitingHandovers(db::Session& session, int limit);

}  // namespace wenming::activity
