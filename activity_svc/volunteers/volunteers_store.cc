#include "activity_svc/volunteers/volunteers_store.h"

#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

constexpr char kLoad[] =
    "SELECT id, volunteer_number, masked_name, unit_id, active FROM volunteers"
    " WHERE center_id = ? AND id = ?";
constexpr char kLock[] =
    "SELECT id, volunteer_number, masked_name, unit_id, active FROM volunteers"
    " WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kUpdate[] =
    "UPDATE volunteers SET volunteer_number = ?, masked_name = ?, unit_id = ?, active = ?"
    " WHERE center_id = ? AND id = ?";
constexpr char kInsert[] =
    "INSERT INTO volunteers (volunteer_number, masked_name, unit_id, active, center_id, id)"
    " VALUES (?, ?, ?, ?, ?, ?)";

absl::StatusOr<std::optional<Volunteer>> Load(db::Session& session, std::string_view sql, uint64_t center_id,
                                              uint64_t id) {
  const auto row = session.QueryOne(sql, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Volunteer>();
  const db::Row& r = **row;
  return std::optional<Volunteer>(
      {.id = r.Id(0), .number = r.Text(1), .masked_name = r.Text(2), .unit_id = r.Id(3), .active = r.Bool(4)});
}

}  // namespace

absl::StatusOr<std::optional<Volunteer>> LoadVolunteer(db::Session& session, uint64_t center_id, uint64_t id) {
  return Load(session, kLoad, center_id, id);
}

absl::StatusOr<std::optional<Volunteer>> LockVolunteer(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  return Load(transaction, kLock, center_id, id);
}

absl::Status StoreVolunteer(db::Transaction& transaction, uint64_t center_id, const Volunteer& v) {
  const std::initializer_list<db::Value> values = {v.number, v.masked_name, v.unit_id, v.active, center_id, v.id};
  const auto updated = transaction.Execute(kUpdate, values);
  if (!updated.ok()) return updated.status();
  return *updated == 1 ? absl::OkStatus() : transaction.Execute(kInsert, values).status();
}

absl::Status ApplyVolunteerEvent(db::Transaction& transaction, const events::v1::Event& event) {
  if (!event.payload().Is<volunteer::v1::VolunteerChanged>()) return absl::OkStatus();
  volunteer::v1::VolunteerChanged changed;
  if (!event.payload().UnpackTo(&changed) || changed.volunteer_id() == 0) {
    return absl::InvalidArgumentError("VolunteerChanged cannot be read");
  }
  const Volunteer volunteer{.id = changed.volunteer_id(),
                            .number = changed.number(),
                            .masked_name = changed.masked_name(),
                            .unit_id = changed.unit_id(),
                            .active = changed.active()};
  return StoreVolunteer(transaction, event.center_id(), volunteer);
}

}  // namespace wenming::activity
