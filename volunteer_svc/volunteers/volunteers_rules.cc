#include "volunteer_svc/volunteers/volunteers_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/masks.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/id_numbers.h"
#include "volunteer_svc/volunteers/texts.h"

namespace wenming::volunteer {
namespace {

using google::protobuf::RepeatedPtrField;
using v1::Volunteer;
using Violations = std::vector<errors::FieldViolation>;

constexpr size_t kShortestName = 2;
// Older than anybody has become: a mistyped century.
constexpr int kOldest = 130;

struct MoveRule {
  Volunteer::State from;
  Move move;
  Volunteer::State to;
  // Of the state it starts from and of the move, in Chinese and English.
  const char *state_zh, *state_en, *move_zh, *move_en;
};

constexpr MoveRule kMoves[] = {
    {Volunteer::STATE_ACTIVE, Move::kDeactivate, Volunteer::STATE_INACTIVE, "在册", "ACTIVE", "注销", "DEACTIVATE"},
    {Volunteer::STATE_INACTIVE, Move::kReactivate, Volunteer::STATE_ACTIVE, "已注销", "INACTIVE", "恢复", "REACTIVATE"},
};

// Every state has one move.
absl::Status NotAllowed(Volunteer::State from) {
  for (const MoveRule& rule : kMoves) {
    if (rule.from != from) continue;
    return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED, {{"state", rule.state_en},
                                                                      {"state_zh", rule.state_zh},
                                                                      {"allowed", rule.move_en},
                                                                      {"allowed_zh", rule.move_zh}});
  }
  return absl::InternalError("a volunteer in no state");
}

errors::FieldViolation Malformed(std::string field, const char* zh, const char* en) {
  return {std::move(field), type::REASON_BAD_FORMAT, {{"expected_zh", zh}, {"expected_en", en}}};
}

std::string OneLine(std::string_view text, const std::string& field, Violations& violations) {
  const std::string_view trimmed = Trimmed(text);
  if (HasControlCharacters(trimmed)) {
    violations.push_back(Malformed(field, "不能含有换行或控制字符", "one line without control characters"));
  }
  return std::string(trimmed);
}

std::vector<std::string> List(const RepeatedPtrField<std::string>& texts, const char* field, Violations& violations) {
  std::vector<std::string> list;
  for (int i = 0; i < texts.size(); ++i) {
    std::string text = OneLine(texts[i], absl::StrCat("volunteer.", field, "[", i, "]"), violations);
    if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
  }
  return list;
}

std::string Name(const Volunteer& volunteer, Violations& violations) {
  std::string name = OneLine(volunteer.display_name(), "volunteer.display_name", violations);
  if (CountCharacters(name) < kShortestName) {
    violations.push_back({"volunteer.display_name", type::REASON_TOO_SHORT, {{"min", absl::StrCat(kShortestName)}}});
  }
  return name;
}

void CheckBirthDate(const Volunteer& volunteer, std::optional<absl::CivilDay> from_id, absl::CivilDay today,
                    Person& person, Violations& violations) {
  const char* const kField = "volunteer.birth_date";
  std::optional<absl::CivilDay> stated;
  if (volunteer.has_birth_date()) {
    stated = FromDate(volunteer.birth_date());
    if (!stated) {
      violations.push_back(
          Malformed(kField, "应为日历上的一天（年、月、日）", "a day of the calendar (year, month, day)"));
      return;
    }
  }
  if (!stated && !from_id) {
    violations.push_back({kField, type::REASON_REQUIRED});
    return;
  }
  if (stated && from_id && *stated != *from_id) {
    violations.push_back({kField, type::REASON_BIRTH_DATE_MISMATCH});
    return;
  }
  person.birth_date = stated ? *stated : *from_id;
  if (person.birth_date > today || person.birth_date.year() + kOldest < today.year()) {
    violations.push_back(
        {stated ? kField : "volunteer.id_number",
         type::REASON_OUT_OF_RANGE,
         {{"min", absl::StrCat(today.year() - kOldest, "-01-01")}, {"max", absl::FormatCivilTime(today)}}});
  }
}

void CheckIdentity(const Volunteer& volunteer, absl::CivilDay today, Person& person, Violations& violations) {
  person.id_type = volunteer.id_type();
  person.id_number = NormalIdNumber(volunteer.id_number());
  person.sex = volunteer.sex();
  const auto facts = ReadIdNumber(person.id_type, person.id_number);
  if (!facts) {
    const IdShape shape = ShapeOf(person.id_type);
    violations.push_back(Malformed("volunteer.id_number", shape.zh, shape.en));
    return;
  }
  if (facts->sex != Volunteer::SEX_UNSPECIFIED) {
    if (person.sex != Volunteer::SEX_UNSPECIFIED && person.sex != facts->sex) {
      violations.push_back({"volunteer.sex", type::REASON_SEX_MISMATCH});
    }
    person.sex = facts->sex;
  }
  CheckBirthDate(volunteer, facts->birth_date, today, person, violations);
}

absl::Status Refuse(const Violations& violations) {
  return violations.empty() ? absl::OkStatus() : errors::InvalidFields(violations);
}

google::type::Date YearOnly(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  return date;
}

}  // namespace

absl::StatusOr<Person> PersonOf(const Volunteer& volunteer, absl::CivilDay today) {
  Violations violations;
  Person person;
  person.display_name = Name(volunteer, violations);
  CheckIdentity(volunteer, today, person, violations);
  person.phone = volunteer.phone();
  person.residence = OneLine(volunteer.residence(), "volunteer.residence", violations);
  person.skills = List(volunteer.skills(), "skills", violations);
  person.service_categories = List(volunteer.service_categories(), "service_categories", violations);
  if (absl::Status refused = Refuse(violations); !refused.ok()) return refused;
  return person;
}

const std::vector<std::string>& UpdatableFields() {
  static const std::vector<std::string> fields = {"phone", "residence", "skills", "service_categories"};
  return fields;
}

absl::Status ApplyUpdate(const Volunteer& volunteer, const std::vector<std::string>& fields, Person& person) {
  Violations violations;
  for (const std::string& field : fields) {
    if (field == "phone") {
      person.phone = volunteer.phone();
      if (person.phone.empty()) violations.push_back({"volunteer.phone", type::REASON_REQUIRED});
    } else if (field == "residence") {
      person.residence = OneLine(volunteer.residence(), "volunteer.residence", violations);
    } else if (field == "skills") {
      person.skills = List(volunteer.skills(), "skills", violations);
    } else if (field == "service_categories") {
      person.service_categories = List(volunteer.service_categories(), "service_categories", violations);
    }
  }
  return Refuse(violations);
}

absl::StatusOr<Volunteer::State> StateAfter(Volunteer::State from, Move move) {
  for (const MoveRule& rule : kMoves) {
    if (rule.from == from && rule.move == move) return rule.to;
  }
  return NotAllowed(from);
}

absl::Status CheckActive(Volunteer::State state) {
  return state == Volunteer::STATE_ACTIVE ? absl::OkStatus() : NotAllowed(state);
}

Volunteer ToProto(const VolunteerRecord& record, View view) {
  const Person& person = record.person;
  Volunteer volunteer;
  volunteer.set_name(ids::ResourceName("volunteers", record.id));
  volunteer.set_number(record.number);
  volunteer.set_display_name(person.display_name);
  volunteer.set_sex(person.sex);
  volunteer.set_id_type(person.id_type);
  volunteer.set_id_number(crypto::MaskIdNumber(person.id_number));
  volunteer.set_phone(crypto::MaskPhone(person.phone));
  if (view == View::kWhole) {
    *volunteer.mutable_birth_date() = ToDate(person.birth_date);
    volunteer.set_residence(person.residence);
  } else {
    *volunteer.mutable_birth_date() = YearOnly(person.birth_date);
  }
  volunteer.mutable_skills()->Assign(person.skills.begin(), person.skills.end());
  volunteer.mutable_service_categories()->Assign(person.service_categories.begin(), person.service_categories.end());
  volunteer.set_unit(ids::ResourceName("units", record.unit_id));
  volunteer.set_state(record.state);
  volunteer.set_etag(EtagOf(record.version));
  *volunteer.mutable_create_time() = ToTimestamp(record.create_time);
  *volunteer.mutable_update_time() = ToTimestamp(record.update_time);
  return volunteer;
}

v1::VolunteerChanged ToEvent(const VolunteerRecord& record) {
  v1::VolunteerChanged event;
  event.set_volunteer_id(record.id);
  event.set_number(record.number);
  event.set_masked_name(crypto::MaskName(record.person.display_name));
  event.set_unit_id(record.unit_id);
  event.set_active(record.state == Volunteer::STATE_ACTIVE);
  return event;
}

std::string EtagOf(int64_t version) { return ids::ToText(static_cast<uint64_t>(version)); }

}  // namespace wenming::volunteer
