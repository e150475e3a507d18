// The rules of the tree. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "org_svc/units/unit_record.h"

namespace wenming::org {

// The fields UpdateUnit may change.
const std::vector<std::string>& UpdatableUnitFields();

// What the field rules of the proto cannot say about the values of a unit: INVALID_ARGUMENT with paths below "unit.".
absl::Status CheckUnitValues(const v1::Unit& unit);

// Whether a unit of this level may stand below `parent`. FAILED_PRECONDITION: REASON_PARENT_LEVEL, REASON_OTHER_CENTER,
// or as CheckActive has it. Levels are fixed and a parent is exactly one above, so no cycle can come about.
absl::Status CheckUnitParent(uint64_t center_id, v1::Unit::Level level, const UnitRecord& parent);

// FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED for a unit that was deleted: nothing leads out of that state.
absl::Status CheckActive(const UnitRecord& record);

// Takes over the named fields (of UpdatableUnitFields), empty ones included.
void ApplyUnitFields(const std::vector<std::string>& fields, const v1::Unit& from, v1::Unit& to);

// Whether it has year, month and day and is in the calendar; only such dates convert.
bool IsFullDate(const google::type::Date& date);
absl::CivilDay ToCivil(const google::type::Date& date);
google::type::Date FromCivil(absl::CivilDay day);

}  // namespace wenming::org
