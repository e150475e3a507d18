// The code that a volunteer shows for the organiser to scan: it names his registration and his phone, and proves both
// for a minute. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace wenming::activity {

// What a scanned text says, not proved yet: "REGISTRATION.DEVICE.CODE" (see MyCode in attendance.proto).
struct PersonalCode {
  uint64_t registration_id = 0;
  std::string device_hash = {};  // SHA-256 of the phone's id
  std::string code = {};
};

// Nothing for a text of any other form.
std::optional<PersonalCode> ParsePersonalCode(std::string_view text);

// The text to show at a time, with the key of the registration (CheckCodes::PersonalKey).
std::string PersonalCodeAt(std::string_view key, uint64_t registration_id, std::string_view device_hash,
                           absl::Time time);

// Whether the code was shown at that time or in the window before, for it takes a moment to scan and send; `late`: or
// in the window after, as between two clocks without network. The comparison takes the same time whatever the code.
bool AcceptsPersonal(std::string_view key, const PersonalCode& code, absl::Time time, bool late);

}  // namespace wenming::activity
