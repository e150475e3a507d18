#include "activity_svc/appeals/appeal.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {

v1::Appeal ToProto(const Appeal& appeal, const std::vector<AppealMove>& moves) {
  v1::Appeal proto;
  proto.set_registration(ids::ResourceName("registrations", appeal.registration_id));
  proto.set_shift(ids::ResourceName("shifts", appeal.shift_id));
  proto.set_state(appeal.state);
  proto.set_outcome(appeal.outcome);
  *proto.mutable_claimed_check_in_time() = ToProto(appeal.claimed_check_in_time);
  *proto.mutable_claimed_check_out_time() = ToProto(appeal.claimed_check_out_time);
  if (appeal.state != v1::Appeal::STATE_FINAL) *proto.mutable_due_time() = ToProto(appeal.due_time);
  for (const AppealMove& move : moves) {
    auto& made = *proto.add_moves();
    made.set_from(move.from);
    made.set_to(move.to);
    made.set_outcome(move.outcome);
    made.set_actor(move.actor);
    made.set_reason(move.reason);
    *made.mutable_move_time() = ToProto(move.time);
  }
  return proto;
}

}  // namespace wenming::activity
