#include "volunteer_svc/rights/handlings.h"

#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

constexpr char kOfObject[] =
    "SELECT record_time, subject, method FROM audit_records WHERE center_id = ? AND object = ? ORDER BY sequence DESC"
    " LIMIT 1000";

}  // namespace

absl::Status AddHandlings(db::Session& session, uint64_t center_id, std::string_view object,
                          v1::ExportVolunteerResponse& all) {
  auto rows = session.Query(kOfObject, {center_id, object});
  if (!rows.ok()) return rows.status();
  for (db::Row& row : *rows) {
    v1::Handling& handling = *all.add_handlings();
    *handling.mutable_time() = ToTimestamp(row.Time(0));
    handling.set_subject(row.TakeText(1));
    handling.set_method(row.TakeText(2));
  }
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
