// Who is calling, as proved by an access token.
#pragma once

#include <cstdint>
#include <string>

namespace wenming::auth {

enum class CallerKind { kAnonymous, kVolunteer, kStaff, kService };

// A value; made by TokenVerifier only (tests construct it directly).
struct Caller {
  CallerKind kind = CallerKind::kAnonymous;
  uint64_t id = 0;         // of the volunteer or member of staff; 0 otherwise
  uint64_t center_id = 0;  // the center the account belongs to; 0 for anonymous callers, services and platform staff
  std::string subject;     // "volunteers/ID", "staff/ID", "services/NAME"; empty for anonymous callers
};

}  // namespace wenming::auth
