#include "activity_svc/rosters/rosters_service.h"

#include <vector>

#include "activity_svc/names.h"
#include "activity_svc/rosters/roster_csv.h"
#include "activity_svc/rosters/roster_table.h"
#include "activity_svc/rosters/roster_workbook.h"
#include "activity_svc/rosters/rosters_store.h"
#include "activity_svc/shifts/shifts_access.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using E = v1::ExportRosterRequest;

constexpr char kRead[] = "registrations.read";

absl::StatusOr<google::api::HttpBody> FileOf(const std::vector<TableRow>& table, E::Format format) {
  google::api::HttpBody file;
  if (format != E::FORMAT_XLSX) {
    file.set_content_type("text/csv; charset=utf-8");
    file.set_data(ToCsv(table));
    return file;
  }
  auto workbook = ToWorkbook("报名名单", table);
  if (!workbook.ok()) return workbook.status();
  file.set_content_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  file.set_data(*std::move(workbook));
  return file;
}

}  // namespace

rpc::Service RostersService::Bind() {
  return rpc::Service("wenming.activity.v1.RostersService")
      .Unary("ExportRoster", rpc::kPooled, this, &RostersService::ExportRoster);
}

absl::StatusOr<google::api::HttpBody> RostersService::ExportRoster(const rpc::Call& call,
                                                                   const v1::ExportRosterRequest& request) {
  const auto shift_id = ParseId("shifts", "parent", request.parent());
  if (!shift_id.ok()) return shift_id.status();
  using Table = std::vector<TableRow>;
  const auto table = trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> absl::StatusOr<Table> {
    if (auto shift = LoadShiftFor(tx, call, *shift_id, kRead); !shift.ok()) return shift.status();
    const auto roster = ReadRoster(tx, call.center_id, *shift_id, request.state(), most_rows_ + 1);
    if (!roster.ok()) return roster.status();
    if (roster->size() > static_cast<size_t>(most_rows_)) {
      return errors::FailedPrecondition(type::REASON_TOO_MANY_ITEMS, {{"max", std::to_string(most_rows_)}});
    }
    call.Note("format", request.format() == E::FORMAT_XLSX ? "XLSX" : "CSV");
    call.Note("rows", std::to_string(roster->size()));
    if (auto status = trail_.Append(tx, call, {.object = request.parent()}); !status.ok()) return status;
    return RosterTable(*roster);
  });
  if (!table.ok()) return table.status();
  return FileOf(*table, request.format());
}

}  // namespace wenming::activity
