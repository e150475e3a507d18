// The identity documents and phones that people give, checked. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/errors/errors.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

using Violations = std::vector<errors::FieldViolation>;

// What a document proves of its holder.
struct Identity {
  v1::Volunteer::IdType id_type = v1::Volunteer::ID_TYPE_UNSPECIFIED;
  std::string id_number;  // in normal spelling
  v1::Volunteer::Sex sex = v1::Volunteer::SEX_UNSPECIFIED;
  absl::CivilDay birth_date;
};

// Reads a document; birth date and sex come from the number where it says them. What is wrong is added to `violations`
// under "<prefix>id_number" and so on: a number that is none or is masked, a birth date that is missing, in the future
// or contradicts the number.
Identity ReadIdentity(const v1::IdDocument& document, absl::CivilDay today, std::string_view prefix,
                      Violations& violations);

// A mobile number, refused where it is none or is masked.
std::string ReadPhone(std::string_view text, std::string_view field, Violations& violations);

// A name of one line and two characters or more, refused where it is masked.
std::string ReadName(std::string_view text, std::string_view field, Violations& violations);

// A text of one line.
std::string ReadLine(std::string_view text, std::string_view field, Violations& violations);

// INVALID_ARGUMENT with all of them; OK where there are none.
absl::Status Refuse(const Violations& violations);

// How old somebody is, in whole years (周岁).
int AgeOn(absl::CivilDay birth_date, absl::CivilDay today);
// 未成年人保护法 Art 2 and 个人信息保护法 Art 31.
inline constexpr int kOfAge = 18, kNoChild = 14;
inline bool IsMinor(absl::CivilDay birth_date, absl::CivilDay today) { return AgeOn(birth_date, today) < kOfAge; }

}  // namespace wenming::volunteer
