#include "activity_svc/registrations/registration_export.h"

#include <unordered_map>

#include "activity_svc/appeals/appeals_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/registration_moves_store.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/station_packs/station_packs_store.h"
#include "common/crypto/digest.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

// Nothing for one that came after the registrations were listed.
using ById = std::unordered_map<uint64_t, v1::RegistrationExport*>;
v1::RegistrationExport* Of(const ById& by_id, uint64_t id) {
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : found->second;
}

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
  added.set_old_check_in_means(correction.old_check_in_means);
  added.set_old_check_out_means(correction.old_check_out_means);
  added.set_old_grade(correction.old_grade);
}

void Add(const OwnRecord& own, v1::RegistrationExport& told) {
  const StationRecord& record = own.record;
  auto& added = *told.add_station_records();
  added.set_record_id(record.id);
  added.set_end(record.edge == Edge::kIn ? v1::Attendance::END_IN : v1::Attendance::END_OUT);
  *added.mutable_capture_time() = ToProto(record.scan.time);
  added.set_means(record.scan.means);
  added.set_distance_metres(record.scan.distance);
  added.set_device(crypto::Hex(record.scan.device_hash));
  ToProto(record.scan.unenforced, *added.mutable_unenforced());
  added.set_pack(ids::ToText(record.scan.pack_id));
  added.set_uploader(own.uploader);
  *added.mutable_upload_time() = ToProto(own.upload_time);
}

}  // namespace

absl::Status AddRegistrations(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                              const std::vector<Registration>& registrations, v1::ExportMyRegistrationsResponse& page) {
  if (registrations.empty()) return absl::OkStatus();
  ById by_id;
  for (const Registration& registration : registrations) {
    v1::RegistrationExport* const told = page.add_registrations();
    *told->mutable_registration() = ToProto(registration);
    told->set_reason(registration.reason);
    by_id[registration.id] = told;
  }
  const uint64_t first = registrations.back().id, last = registrations.front().id;
  const auto made = ListOwnMoves(session, center_id, volunteer_id, first, last);
  if (!made.ok()) return made.status();
  for (const OwnRegistrationMove& own : *made) {
    if (auto* const told = Of(by_id, own.registration_id))
      ToProto(own.move, *told->mutable_registration()->add_moves());
  }
  const auto presences = ListOwnPresences(session, center_id, volunteer_id, first, last);
  if (!presences.ok()) return presences.status();
  for (const Presence& presence : *presences) {
    if (auto* const told = Of(by_id, presence.registration_id)) Add(presence, *told);
  }
  const auto corrections = ListOwnCorrections(session, center_id, volunteer_id, first, last);
  if (!corrections.ok()) return corrections.status();
  for (const Correction& correction : *corrections) {
    if (auto* const told = Of(by_id, correction.registration_id)) Add(correction, *told);
  }
  const auto records = ListOwnRecords(session, center_id, volunteer_id, first, last);
  if (!records.ok()) return records.status();
  for (const OwnRecord& own : *records) {
    if (auto* const told = Of(by_id, own.record.registration_id)) Add(own, *told);
  }
  const auto moves = ListOwnAppealMoves(session, center_id, volunteer_id, first, last);
  if (!moves.ok()) return moves.status();
  std::unordered_map<uint64_t, std::vector<AppealMove>> moves_of;
  for (const OwnAppealMove& own : *moves) moves_of[own.registration_id].push_back(own.move);
  const auto appeals = ListOwnAppeals(session, center_id, volunteer_id, first, last);
  if (!appeals.ok()) return appeals.status();
  for (const Appeal& appeal : *appeals) {
    auto* const told = Of(by_id, appeal.registration_id);
    if (told != nullptr) *told->mutable_appeal() = ToProto(appeal, moves_of[appeal.registration_id]);
  }
  const auto entries = ListOwnEntries(session, HourSource::kRegistration, center_id, volunteer_id, first, last);
  if (!entries.ok()) return entries.status();
  for (const HourEntry& entry : *entries) {
    if (auto* const told = Of(by_id, entry.source_id)) *told->add_hour_entries() = ToProto(entry, "registrations");
  }
  return absl::OkStatus();
}

}  // namespace wenming::activity
