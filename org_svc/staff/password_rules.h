// Which passwords staff may have. Pure functions.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace wenming::org {

// INVALID_ARGUMENT with REASON_PASSWORD_TOO_WEAK on `field`, naming the rule (GB/T 22239, NIST SP 800-63B): 10 to 128
// characters, of three of the four kinds upper case, lower case, digits and others, or 16 of any; neither a common
// password nor one with the user name in it, in whatever case.
absl::Status CheckPassword(std::string_view field, std::string_view password, std::string_view username);

}  // namespace wenming::org
