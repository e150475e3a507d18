#include "activity_svc/supplements/supplement.h"

#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {

v1::Supplement ToProto(const Supplement& s) {
  v1::Supplement proto;
  proto.set_name(ids::ResourceName("supplements", s.id));
  proto.set_shift(ids::ResourceName("shifts", s.shift_id));
  proto.set_volunteer(ids::ResourceName("volunteers", s.volunteer_id));
  *proto.mutable_start_time() = ToProto(s.start_time);
  *proto.mutable_end_time() = ToProto(s.end_time);
  proto.set_reason(s.reason);
  proto.set_evidence(s.evidence);
  proto.set_evidence_reference(s.evidence_reference);
  proto.set_state(s.state);
  proto.set_minutes(s.minutes);
  proto.set_requester(s.requester);
  proto.set_decider(s.decider);
  proto.set_decision_reason(s.decision_reason);
  if (s.publication_end_time) *proto.mutable_publication_end_time() = ToProto(*s.publication_end_time);
  *proto.mutable_create_time() = ToProto(s.create_time);
  return proto;
}

}  // namespace wenming::activity
