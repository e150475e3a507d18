#include "activity_svc/registrations/own_export.h"

#include <unordered_map>

#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/registrations_store.h"
#include "common/crypto/digest.h"

namespace wenming::activity {
namespace {

void Add(const Presence& presence, v1::RegistrationExport& told) {
  *told.mutable_attendance() = ToProto(presence);
  told.set_check_out_distance_metres(presence.check_out_distance);
  told.set_check_in_device(crypto::Hex(presence.device_hash));
  told.set_check_out_device(crypto::Hex(presence.out_device_hash));
}

void Add(const Correction& correction, v1::RegistrationExport& told) {
  auto& added = *told.add_corrections();
  added.set_old_state(correction.old_state);
  if (correction.old_check_in_time) *added.mutable_old_check_in_time() = ToProto(*correction.old_check_in_time);
  if (correction.old_check_out_time) *added.mutable_old_check_out_time() = ToProto(*correction.old_check_out_time);
  added.set_old_minutes(correction.old_minutes);
  added.set_actor(correction.actor);
  added.set_reason(correction.reason);
  *added.mutable_correct_time() = ToProto(correction.time);
}

}  // namespace

absl::StatusOr<std::vector<v1::RegistrationExport>> ExportOwn(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id, uint64_t before, int limit) {
  const auto own = ListOwn(session, center_id, volunteer_id, before, limit);
  if (!own.ok()) return own.status();
  std::vector<v1::RegistrationExport> exported(own->size());
  if (own->empty()) return exported;
  std::unordered_map<uint64_t, v1::RegistrationExport*> by_id;
  for (size_t i = 0; i < own->size(); ++i) {
    *exported[i].mutable_registration() = ToProto((*own)[i]);
    exported[i].set_reason((*own)[i].reason);
    by_id[(*own)[i].id] = &exported[i];
  }
  const uint64_t first = own->back().id;
  const uint64_t last = own->front().id;
  const auto presences = ListOwnPresences(session, center_id, volunteer_id, first, last);
  if (!presences.ok()) return presences.status();
  for (const Presence& presence : *presences) {
    if (const auto found = by_id.find(presence.registration_id); found != by_id.end()) Add(presence, *found->second);
  }
  const auto corrections = ListOwnCorrections(session, center_id, volunteer_id, first, last);
  if (!corrections.ok()) return corrections.status();
  for (const Correction& correction : *corrections) {
    if (const auto found = by_id.find(correction.registration_id); found != by_id.end())
      Add(correction, *found->second);
  }
  return exported;
}

}  // namespace wenming::activity
