#include "volunteer_svc/volunteers/id_numbers.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/rpc/validate.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/texts.h"

namespace wenming::volunteer {
namespace {

using v1::Volunteer;

// Of the standard's own oldest example; nobody born before is alive.
constexpr int kFirstYear = 1880;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }
bool AllLetters(std::string_view text) { return std::all_of(text.begin(), text.end(), IsLetter); }

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

std::optional<IdFacts> ReadResident(std::string_view number) {
  if (!rpc::HasFormat(type::FORMAT_RESIDENT_ID, number)) return std::nullopt;
  google::type::Date date;
  date.set_year(Number(number.substr(6, 4)));
  date.set_month(Number(number.substr(10, 2)));
  date.set_day(Number(number.substr(12, 2)));
  const auto birth_date = FromDate(date);
  if (!birth_date || birth_date->year() < kFirstYear) return std::nullopt;
  const bool odd = (number[16] - '0') % 2 == 1;
  return IdFacts{birth_date, odd ? Volunteer::SEX_MALE : Volunteer::SEX_FEMALE};
}

bool IsPassport(std::string_view number) {
  return number.size() >= 5 && number.size() <= 17 &&
         std::all_of(number.begin(), number.end(), [](char c) { return IsDigit(c) || IsLetter(c); });
}

// "H" or "M" and 8 digits; older ones have the 2 digits of the issue behind.
bool IsHkMacaoPermit(std::string_view number) {
  return (number.size() == 9 || number.size() == 11) && (number[0] == 'H' || number[0] == 'M') &&
         AllDigits(number.substr(1));
}

bool IsTaiwanPermit(std::string_view number) { return number.size() == 8 && AllDigits(number); }

// Before 2023: three letters of the country and 12 digits.
bool IsOldForeignResident(std::string_view number) {
  return number.size() == 15 && AllLetters(number.substr(0, 3)) && AllDigits(number.substr(3));
}

std::optional<IdFacts> Says(bool right_shape) {
  if (!right_shape) return std::nullopt;
  return IdFacts{};
}

}  // namespace

std::string NormalIdNumber(std::string_view text) {
  std::string number(Trimmed(text));
  absl::AsciiStrToUpper(&number);
  return number;
}

std::optional<IdFacts> ReadIdNumber(Volunteer::IdType type, std::string_view number) {
  switch (type) {
    case Volunteer::ID_TYPE_RESIDENT:
      return ReadResident(number);
    case Volunteer::ID_TYPE_PASSPORT:
      return Says(IsPassport(number));
    case Volunteer::ID_TYPE_HK_MACAO_PERMIT:
      return Says(IsHkMacaoPermit(number));
    case Volunteer::ID_TYPE_TAIWAN_PERMIT:
      return Says(IsTaiwanPermit(number));
    case Volunteer::ID_TYPE_FOREIGN_RESIDENT:
      if (number.size() == 18) return number[0] == '9' ? ReadResident(number) : std::nullopt;
      return Says(IsOldForeignResident(number));
    default:
      return std::nullopt;
  }
}

IdShape ShapeOf(Volunteer::IdType type) {
  switch (type) {
    case Volunteer::ID_TYPE_RESIDENT:
      return {"应为校验码和出生日期正确的 18 位居民身份证号",
              "a resident ID number of 18 characters with a valid check digit and birth date"};
    case Volunteer::ID_TYPE_PASSPORT:
      return {"应为 5 至 17 位字母或数字", "5 to 17 letters or digits"};
    case Volunteer::ID_TYPE_HK_MACAO_PERMIT:
      return {"应为 H 或 M 加 8 位或 10 位数字", "H or M and 8 or 10 digits"};
    case Volunteer::ID_TYPE_TAIWAN_PERMIT:
      return {"应为 8 位数字", "8 digits"};
    case Volunteer::ID_TYPE_FOREIGN_RESIDENT:
      return {"应为以 9 开头、校验码正确的 18 位号码，或旧版 3 位字母加 12 位数字",
              "18 characters beginning with 9 with a valid check digit, or the older 3 letters and 12 digits"};
    default:
      return {"证件类型不可用", "no known kind of ID"};
  }
}

}  // namespace wenming::volunteer
