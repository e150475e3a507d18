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

// Every state has one move, but for the last: nobody comes back from being forgotten.
absl::Status NotAllowed(Volunteer::State from) {
  if (from == Volunteer::STATE_ERASED) return errors::FailedPrecondition(type::REASON_PERSON_ERASED);
  for (const MoveRule& rule : kMoves) {
    if (rule.from != from) continue;
    return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED, {{"state", rule.state_en},
                                                                      {"state_zh", rule.state_zh},
                                                                      {"allowed", rule.move_en},
                                                                      {"allowed_zh", rule.move_zh}});
  }
  return absl::InternalError("a volunteer in no state");
}

std::vector<std::string> List(const RepeatedPtrField<std::string>& texts, const char* field, Violations& violations) {
  std::vector<std::string> list;
  for (int i = 0; i < texts.size(); ++i) {
    std::string text = ReadLine(texts[i], absl::StrCat("volunteer.", field, "[", i, "]"), violations);
    if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
  }
  return list;
}

// The document as the fields of the volunteer give it.
v1::IdDocument DocumentOf(const Volunteer& volunteer) {
  v1::IdDocument document;
  document.set_id_type(volunteer.id_type());
  document.set_id_number(volunteer.id_number());
  document.set_sex(volunteer.sex());
  if (volunteer.has_birth_date()) *document.mutable_birth_date() = volunteer.birth_date();
  return document;
}

google::type::Date YearOnly(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  return date;
}

}  // namespace

void SetIdentity(const Identity& identity, Person& person) {
  person.sex = identity.sex;
  person.birth_date = identity.birth_date;
  person.id_type = identity.id_type;
  person.id_number = identity.id_number;
}

absl::StatusOr<Person> PersonOf(const Volunteer& volunteer, absl::CivilDay today) {
  Violations violations;
  Person person;
  person.display_name = ReadName(volunteer.display_name(), "volunteer.display_name", violations);
  SetIdentity(ReadIdentity(DocumentOf(volunteer), today, "volunteer.", violations), person);
  person.phone = ReadPhone(volunteer.phone(), "volunteer.phone", violations);
  person.residence = ReadLine(volunteer.residence(), "volunteer.residence", violations);
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
      person.phone = ReadPhone(volunteer.phone(), "volunteer.phone", violations);
    } else if (field == "residence") {
      person.residence = ReadLine(volunteer.residence(), "volunteer.residence", violations);
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

View ViewOf(const rpc::Call& call, const VolunteerRecord& record) {
  if (call.IsVolunteer(record.id)) return View::kWhole;
  const bool minor = IsMinor(record.person.birth_date, DayInChina(call.now));
  return !minor && call.May("volunteers.write", record.unit_id) ? View::kWhole : View::kOutline;
}

Volunteer ToProto(const VolunteerRecord& record, View view, absl::CivilDay today) {
  Volunteer volunteer = ToFullProto(record);
  if (record.state == Volunteer::STATE_ERASED) return volunteer;
  const bool minor = IsMinor(record.person.birth_date, today);
  if (minor || view == View::kListed) volunteer.set_display_name(crypto::MaskName(record.person.display_name));
  volunteer.set_id_number(crypto::MaskIdNumber(record.person.id_number));
  volunteer.set_phone(crypto::MaskPhone(record.person.phone));
  if (view != View::kWhole) {
    *volunteer.mutable_birth_date() = YearOnly(record.person.birth_date);
    volunteer.clear_residence();
  }
  return volunteer;
}

Volunteer ToFullProto(const VolunteerRecord& record) {
  const Person& person = record.person;
  Volunteer volunteer;
  volunteer.set_name(ids::ResourceName("volunteers", record.id));
  volunteer.set_number(record.number);
  volunteer.set_unit(ids::ResourceName("units", record.unit_id));
  volunteer.set_state(record.state);
  volunteer.set_etag(EtagOf(record.version));
  *volunteer.mutable_create_time() = ToTimestamp(record.create_time);
  *volunteer.mutable_update_time() = ToTimestamp(record.update_time);
  if (record.state == Volunteer::STATE_ERASED) return volunteer;
  volunteer.set_display_name(person.display_name);
  volunteer.set_sex(person.sex);
  volunteer.set_id_type(person.id_type);
  volunteer.set_id_number(person.id_number);
  volunteer.set_phone(person.phone);
  *volunteer.mutable_birth_date() = ToDate(person.birth_date);
  volunteer.set_residence(person.residence);
  volunteer.mutable_skills()->Assign(person.skills.begin(), person.skills.end());
  volunteer.mutable_service_categories()->Assign(person.service_categories.begin(), person.service_categories.end());
  return volunteer;
}

v1::VolunteerChanged ToEvent(const VolunteerRecord& record, absl::CivilDay today,
                             const std::vector<uint64_t>& team_ids) {
  v1::VolunteerChanged event;
  event.set_volunteer_id(record.id);
  event.set_number(record.number);
  event.set_unit_id(record.unit_id);
  event.set_active(record.state == Volunteer::STATE_ACTIVE);
  if (record.state == Volunteer::STATE_ERASED) {
    event.set_erased(true);
    return event;
  }
  event.set_masked_name(crypto::MaskName(record.person.display_name));
  if (IsMinor(record.person.birth_date, today)) {
    *event.mutable_adult_from_date() = ToDate(AdultFrom(record.person.birth_date));
  }
  event.mutable_skills()->Assign(record.person.skills.begin(), record.person.skills.end());
  event.mutable_team_ids()->Assign(team_ids.begin(), team_ids.end());
  return event;
}

absl::CivilDay AdultFrom(absl::CivilDay birth_date) {
  const absl::CivilMonth birthday(birth_date.year() + kOfAge, birth_date.month());
  // Whoever was born on the first of a month is of age on that very day, yet the day must not tell which one it is.
  return absl::CivilDay(birthday + 1);
}

std::string EtagOf(int64_t version) { return ids::ToText(static_cast<uint64_t>(version)); }

}  // namespace wenming::volunteer
