// An uploaded table whose columns are known, and checks of its cells.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "org_svc/imports/csv.h"
#include "org_svc/imports/findings.h"

namespace wenming::org {

// Reads the file and brings its columns, which may stand in any order, into the order of `columns`. Missing, repeated
// and unknown columns are found (and then there are no rows), as are rows with another number of cells than the header
// (which are left out). An error is one of ReadCsv.
absl::StatusOr<std::vector<CsvRow>> ReadSheet(std::string_view csv, std::span<const std::string_view> columns,
                                              Findings& findings);

// One cell with its place.
struct Cell {
  int row;
  std::string_view column;
  const std::string& text;
};

// Each finds what is wrong and then answers false, or nothing.
bool CheckCode(const Cell& cell, bool required, Findings& findings);
bool CheckName(const Cell& cell, bool required, int max_chars, Findings& findings);
bool CheckDivisionCode(const Cell& cell, Findings& findings);
// "2019-05-29"; an empty cell is no day and no fault.
std::optional<absl::CivilDay> ReadDay(const Cell& cell, Findings& findings);

}  // namespace wenming::org
