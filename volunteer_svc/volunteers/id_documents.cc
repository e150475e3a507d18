#include "volunteer_svc/volunteers/id_documents.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/validate.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/id_numbers.h"
#include "volunteer_svc/volunteers/texts.h"

namespace wenming::volunteer {
namespace {

using v1::Volunteer;

constexpr size_t kShortestName = 2;
// Older than anybody has become: a mistyped century.
constexpr int kOldest = 130;

errors::FieldViolation Malformed(std::string field, const char* zh, const char* en) {
  return {std::move(field), type::REASON_BAD_FORMAT, {{"expected_zh", zh}, {"expected_en", en}}};
}

// Whether it is what we show instead of a value; "＊" is the asterisk of Chinese keyboards.
bool IsMasked(std::string_view text) {
  return text.find('*') != std::string_view::npos || text.find("＊") != std::string_view::npos;
}

std::string Field(std::string_view prefix, std::string_view name) {
  return std::string(prefix).append(name.data(), name.size());
}

void ReadBirthDate(const v1::IdDocument& document, std::optional<absl::CivilDay> from_id, absl::CivilDay today,
                   std::string_view prefix, Identity& identity, Violations& violations) {
  const std::string field = Field(prefix, "birth_date");
  std::optional<absl::CivilDay> stated;
  if (document.has_birth_date()) {
    stated = FromDate(document.birth_date());
    if (!stated) {
      violations.push_back(
          Malformed(field, "应为日历上的一天（年、月、日）", "a day of the calendar (year, month, day)"));
      return;
    }
  }
  if (!stated && !from_id) {
    violations.push_back({field, type::REASON_REQUIRED});
    return;
  }
  if (stated && from_id && *stated != *from_id) {
    violations.push_back({field, type::REASON_BIRTH_DATE_MISMATCH});
    return;
  }
  identity.birth_date = stated ? *stated : *from_id;
  if (identity.birth_date > today || identity.birth_date.year() + kOldest < today.year()) {
    violations.push_back(
        {stated ? field : Field(prefix, "id_number"),
         type::REASON_OUT_OF_RANGE,
         {{"min", absl::StrCat(today.year() - kOldest, "-01-01")}, {"max", absl::FormatCivilTime(today)}}});
  }
}

}  // namespace

Identity ReadIdentity(const v1::IdDocument& document, absl::CivilDay today, std::string_view prefix,
                      Violations& violations) {
  Identity identity;
  identity.id_type = document.id_type();
  identity.id_number = NormalIdNumber(document.id_number());
  identity.sex = document.sex();
  if (IsMasked(identity.id_number)) {
    violations.push_back({Field(prefix, "id_number"), type::REASON_MASKED_VALUE});
    return identity;
  }
  const auto facts = ReadIdNumber(identity.id_type, identity.id_number);
  if (!facts) {
    const IdShape shape = ShapeOf(identity.id_type);
    violations.push_back(Malformed(Field(prefix, "id_number"), shape.zh, shape.en));
    return identity;
  }
  if (facts->sex != Volunteer::SEX_UNSPECIFIED) {
    if (identity.sex != Volunteer::SEX_UNSPECIFIED && identity.sex != facts->sex) {
      violations.push_back({Field(prefix, "sex"), type::REASON_SEX_MISMATCH});
    }
    identity.sex = facts->sex;
  }
  ReadBirthDate(document, facts->birth_date, today, prefix, identity, violations);
  return identity;
}

std::string ReadPhone(std::string_view text, std::string_view field, Violations& violations) {
  if (text.empty()) {
    violations.push_back({std::string(field), type::REASON_REQUIRED});
  } else if (IsMasked(text)) {
    violations.push_back({std::string(field), type::REASON_MASKED_VALUE});
  } else if (!rpc::HasFormat(type::FORMAT_MOBILE, text)) {
    violations.push_back(Malformed(std::string(field), "应为 11 位手机号", "a mobile number of 11 digits"));
  }
  return std::string(text);
}

std::string ReadName(std::string_view text, std::string_view field, Violations& violations) {
  std::string name = ReadLine(text, field, violations);
  if (IsMasked(name)) {
    violations.push_back({std::string(field), type::REASON_MASKED_VALUE});
  } else if (CountCharacters(name) < kShortestName) {
    violations.push_back({std::string(field), type::REASON_TOO_SHORT, {{"min", absl::StrCat(kShortestName)}}});
  }
  return name;
}

std::string ReadLine(std::string_view text, std::string_view field, Violations& violations) {
  const std::string_view trimmed = Trimmed(text);
  if (HasControlCharacters(trimmed)) {
    violations.push_back(
        Malformed(std::string(field), "不能含有换行或控制字符", "one line without control characters"));
  }
  return std::string(trimmed);
}

absl::Status Refuse(const Violations& violations) {
  return violations.empty() ? absl::OkStatus() : errors::InvalidFields(violations);
}

int AgeOn(absl::CivilDay birth_date, absl::CivilDay today) {
  const int years = static_cast<int>(today.year() - birth_date.year());
  const bool before_birthday =
      today.month() < birth_date.month() || (today.month() == birth_date.month() && today.day() < birth_date.day());
  return before_birthday ? years - 1 : years;
}

}  // namespace wenming::volunteer
