// A table as a workbook of Office Open XML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "activity_svc/rosters/roster_table.h"

namespace wenming::activity {

// The bytes of a workbook with one sheet of texts; its first row is a heading that stays in sight. Nothing is left on a
// disk. INTERNAL where the workbook cannot be made.
absl::StatusOr<std::string> ToWorkbook(std::string_view sheet_name, const std::vector<TableRow>& table);

}  // namespace wenming::activity
