// What an uploaded table of teams means for the teams that are there. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "org_svc/imports/findings.h"
#include "org_svc/teams/team_record.h"
#include "org_svc/units/unit_record.h"

namespace wenming::org {

struct TeamRow {
  int number;
  std::string code;
  v1::Team::Tier tier;  // TIER_UNSPECIFIED where the cell is wrong
  std::string parent_code;
  std::string unit_code;
  std::string display_name;
  std::string specialty;
};

// A file as read; what is wrong with single cells is found already.
struct TeamsFile {
  std::vector<TeamRow> rows;
  Findings findings;
};

// Errors are those of ReadCsv: a file that cannot be read as a table at all.
absl::StatusOr<TeamsFile> ReadTeamsFile(std::string_view csv);

// What to write; updated teams have their next version.
struct TeamsPlan {
  std::vector<TeamRecord> created;
  std::vector<TeamRecord> updated;
  int unchanged = 0;
};

// What is there already in the center, deleted ones included.
struct TeamsBefore {
  std::vector<TeamRecord> teams;
  std::vector<UnitRecord> units;
};

// Compares the rows with what is there. Adds to the findings; with any the plan is not to be carried out.
TeamsPlan PlanTeams(const std::vector<TeamRow>& rows, const TeamsBefore& before, uint64_t center_id,
                    ids::Generator& ids, absl::Time now, Findings& findings);

}  // namespace wenming::org
