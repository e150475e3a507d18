// A table as comma-separated values that spreadsheets open as it is meant.
#pragma once

#include <string>
#include <vector>

#include "activity_svc/rosters/roster_table.h"

namespace wenming::activity {

// RFC 4180 in UTF-8, every cell quoted, with a byte order mark, by which Excel knows the encoding. A cell that a
// spreadsheet would take for a formula (it begins with = + - @, a tab or a return) is led by an apostrophe.
std::string ToCsv(const std::vector<TableRow>& table);

}  // namespace wenming::activity
