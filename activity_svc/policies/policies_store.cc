#include "activity_svc/policies/policies_store.h"

#include "common/db/errors.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

constexpr char kLoad[] =
    "SELECT methods_in_force, cancel_cutoff_minutes, offer_minutes, check_in_early_minutes, check_out_late_minutes,"
    " fence_metres, attended_percent, publication_days, offline_upload_hours, appeal_working_days,"
    " absences_before_lock, lock_days, absence_window_days, handover_minutes, version"
    " FROM policies WHERE center_id = ?";
constexpr char kInsert[] =
    "INSERT INTO policies (methods_in_force, cancel_cutoff_minutes, offer_minutes, check_in_early_minutes,"
    " check_out_late_minutes, fence_metres, attended_percent, publication_days, offline_upload_hours,"
    " appeal_working_days, absences_before_lock, lock_days, absence_window_days, handover_minutes, version, "
    "update_time,"
    " center_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE policies SET methods_in_force = ?, cancel_cutoff_minutes = ?, offer_minutes = ?,"
    " check_in_early_minutes = ?, check_out_late_minutes = ?, fence_metres = ?, attended_percent = ?,"
    " publication_days = ?, offline_upload_hours = ?, appeal_working_days = ?, absences_before_lock = ?, lock_days = ?,"
    " absence_window_days = ?, handover_minutes = ?, version = ?, update_time = ?"
    " WHERE center_id = ? AND version = ?";

}  // namespace

absl::StatusOr<Policy> LoadPolicy(db::Session& session, uint64_t center_id) {
  const auto row = session.QueryOne(kLoad, {center_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Policy();
  const db::Row& r = **row;
  const auto number = [&r](size_t column) { return static_cast<int>(r.Int(column)); };
  return Policy{.methods_in_force = static_cast<uint32_t>(r.Int(0)),
                .cancel_cutoff_minutes = number(1),
                .offer_minutes = number(2),
                .check_in_early_minutes = number(3),
                .check_out_late_minutes = number(4),
                .fence_metres = number(5),
                .attended_percent = number(6),
                .publication_days = number(7),
                .appeal_working_days = number(9),
                .offline_upload_hours = number(8),
                .absences_before_lock = number(10),
                .lock_days = number(11),
                .absence_window_days = number(12),
                .handover_minutes = number(13),
                .version = r.Int(14)};
}

absl::Status SavePolicy(db::Transaction& transaction, uint64_t center_id, const Policy& p, absl::Time now) {
  std::vector<db::Value> values = {p.methods_in_force,
                                   p.cancel_cutoff_minutes,
                                   p.offer_minutes,
                                   p.check_in_early_minutes,
                                   p.check_out_late_minutes,
                                   p.fence_metres,
                                   p.attended_percent,
                                   p.publication_days,
                                   p.offline_upload_hours,
                                   p.appeal_working_days,
                                   p.absences_before_lock,
                                   p.lock_days,
                                   p.absence_window_days,
                                   p.handover_minutes,
                                   p.version + 1,
                                   now,
                                   center_id};
  if (p.version == 0) {
    const absl::Status inserted = transaction.Execute(kInsert, values).status();
    return db::IsDuplicateKey(inserted) ? errors::Aborted(type::REASON_ETAG_MISMATCH) : inserted;
  }
  values.emplace_back(p.version);
  const auto updated = transaction.Execute(kUpdate, values);
  if (!updated.ok()) return updated.status();
  return *updated == 1 ? absl::OkStatus() : errors::Aborted(type::REASON_ETAG_MISMATCH);
}

}  // namespace wenming::activity
