#include "org_svc/units/units_rules.h"

#include "common/errors/errors.h"

namespace wenming::org {
namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2999;

// Written so that NaN is outside.
bool Within(double value, double bound) { return value >= -bound && value <= bound; }

}  // namespace

const std::vector<std::string>& UpdatableUnitFields() {
  static const auto& fields =
      *new std::vector<std::string>{"display_name", "division_code", "opened_date", "location", "address"};
  return fields;
}

absl::Status CheckUnitValues(const v1::Unit& unit) {
  std::vector<errors::FieldViolation> violations;
  if (unit.has_opened_date() && !IsFullDate(unit.opened_date())) {
    violations.push_back({"unit.opened_date",
                          type::REASON_BAD_FORMAT,
                          {{"expected_zh", "1900 年以来的完整日期"}, {"expected_en", "a whole date since 1900"}}});
  }
  if (unit.has_location() && !Within(unit.location().latitude(), 90)) {
    violations.push_back({"unit.location.latitude", type::REASON_OUT_OF_RANGE, {{"min", "-90"}, {"max", "90"}}});
  }
  if (unit.has_location() && !Within(unit.location().longitude(), 180)) {
    violations.push_back({"unit.location.longitude", type::REASON_OUT_OF_RANGE, {{"min", "-180"}, {"max", "180"}}});
  }
  return violations.empty() ? absl::OkStatus() : errors::InvalidFields(violations);
}

absl::Status CheckUnitParent(uint64_t center_id, v1::Unit::Level level, const UnitRecord& parent) {
  if (parent.center_id != center_id) return errors::FailedPrecondition(type::REASON_OTHER_CENTER);
  if (absl::Status active = CheckActive(parent); !active.ok()) return active;
  if (parent.unit.level() + 1 == level) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_PARENT_LEVEL);
}

absl::Status CheckActive(const UnitRecord& record) {
  if (record.unit.state() == v1::Unit::STATE_ACTIVE) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", v1::Unit::State_Name(record.unit.state())}, {"allowed", "-"}});
}

void ApplyUnitFields(const std::vector<std::string>& fields, const v1::Unit& from, v1::Unit& to) {
  const auto* source = from.GetReflection();
  for (const std::string& name : fields) {
    const auto* field = v1::Unit::descriptor()->FindFieldByName(name);
    if (field->message_type() == nullptr) {
      to.GetReflection()->SetString(&to, field, source->GetString(from, field));
    } else if (source->HasField(from, field)) {
      to.GetReflection()->MutableMessage(&to, field)->CopyFrom(source->GetMessage(from, field));
    } else {
      to.GetReflection()->ClearField(&to, field);
    }
  }
}

bool IsFullDate(const google::type::Date& date) {
  if (date.year() < kFirstYear || date.year() > kLastYear) return false;
  const absl::CivilDay day = ToCivil(date);
  return day.year() == date.year() && day.month() == date.month() && day.day() == date.day();
}

absl::CivilDay ToCivil(const google::type::Date& date) { return absl::CivilDay(date.year(), date.month(), date.day()); }

google::type::Date FromCivil(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

}  // namespace wenming::org
