// ID numbers of all kinds: the first byte chooses the kind, the rest is what somebody typed.

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"
#include "volunteer_svc/volunteers/id_numbers.h"

namespace wenming::volunteer {
namespace {

// GB 11643 by ISO 7064 MOD 11-2 itself, not by the table of weights: the number read as digits of base 2 is 1
// modulo 11.
bool IsOneModulo11(std::string_view number) {
  int remainder = 0;
  for (const char c : number) remainder = (remainder * 2 + (c == 'X' ? 10 : c - '0')) % 11;
  return remainder == 1;
}

void Run(std::string_view input) {
  if (input.empty()) return;
  const auto type = static_cast<v1::Volunteer::IdType>(1 + static_cast<unsigned char>(input[0]) % 5);
  const std::string number = NormalIdNumber(input.substr(1));
  fuzz::Check(NormalIdNumber(number) == number, "the normal spelling is its own");
  const auto facts = ReadIdNumber(type, number);
  if (!facts || type != v1::Volunteer::ID_TYPE_RESIDENT) return;
  fuzz::Check(number.size() == 18 && number.find_first_not_of("0123456789X") == std::string::npos, "18 characters");
  fuzz::Check(IsOneModulo11(number), "the check digit fits");
  fuzz::Check(facts->birth_date.has_value() &&
                  absl::FormatCivilTime(*facts->birth_date) ==
                      number.substr(6, 4) + "-" + number.substr(10, 2) + "-" + number.substr(12, 2),
              "the birth date is a day of the calendar");
  const bool male = (number[16] - '0') % 2 == 1;
  fuzz::Check(facts->sex == (male ? v1::Volunteer::SEX_MALE : v1::Volunteer::SEX_FEMALE), "the sex is the digit's");
}

}  // namespace
}  // namespace wenming::volunteer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::volunteer::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
