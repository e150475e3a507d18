// The numbers of identity documents: their spelling, and what they tell. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// What a number says of its holder; nothing where the kind of document says nothing.
struct IdFacts {
  std::optional<absl::CivilDay> birth_date;
  v1::Volunteer::Sex sex = v1::Volunteer::SEX_UNSPECIFIED;
};

// In the one spelling that is stored: without spaces around it, letters in upper case.
std::string NormalIdNumber(std::string_view text);

// What a number in normal spelling says, or nothing when it is no number of this kind.
//
// Resident IDs (GB 11643) have a valid check digit and a birth date of the calendar, from 1880 on. Their first six
// digits are not looked at: prefixes of divisions that were abolished stay on people's cards, and 999999 is used for
// demonstrations. The other kinds are checked by their shape; foreign residents' cards since 2023 are built like
// resident IDs.
std::optional<IdFacts> ReadIdNumber(v1::Volunteer::IdType type, std::string_view number);

// The shape a number of this kind should have, in Chinese and English.
struct IdShape {
  const char* zh;
  const char* en;
};
IdShape ShapeOf(v1::Volunteer::IdType type);

}  // namespace wenming::volunteer
