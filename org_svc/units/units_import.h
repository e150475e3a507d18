// What an uploaded table of units means for the tree that is there. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "org_svc/imports/findings.h"
#include "org_svc/units/unit_record.h"

namespace wenming::org {

struct UnitRow {
  int number;
  std::string code;
  v1::Unit::Level level;  // LEVEL_UNSPECIFIED where the cell is wrong
  std::string parent_code;
  std::string display_name;
  std::string division_code;
  std::optional<absl::CivilDay> opened_date;
};

// A file as read; what is wrong with single cells is found already.
struct UnitsFile {
  std::vector<UnitRow> rows;
  Findings findings;

  // The code of the first center among the rows; empty where there is none.
  std::string_view CenterCode() const;
};

// Errors are those of ReadCsv: a file that cannot be read as a table at all.
absl::StatusOr<UnitsFile> ReadUnitsFile(std::string_view csv);

// What to write. Created units: a parent before its children; updated ones have their next version.
struct UnitsPlan {
  std::vector<UnitRecord> created;
  std::vector<UnitRecord> updated;
  int unchanged = 0;
};

// Compares the rows with all units of the center, deleted ones included. The row of the center, where the center is
// new, becomes the unit `center_id`. Adds to the findings; with any the plan is not to be carried out.
UnitsPlan PlanUnits(const std::vector<UnitRow>& rows, std::span<const UnitRecord> existing, uint64_t center_id,
                    ids::Generator& ids, absl::Time now, Findings& findings);

}  // namespace wenming::org
