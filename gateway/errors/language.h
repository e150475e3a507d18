#pragma once

#include <string_view>

#include "gateway/errors/fault.h"

namespace wenming::gateway {

// The language an Accept-Language header (RFC 9110) prefers among ours; Chinese when it names neither or is empty.
Language PreferredLanguage(std::string_view accept_language);

}  // namespace wenming::gateway
