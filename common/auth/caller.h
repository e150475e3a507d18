// Who is calling, as proved by an access token.
#pragma once

#include <cstdint>
#include <string>

namespace wenming::auth {

enum class CallerKind { kAnonymous, kVolunteer, kStaff, kService, kClient };

// A value; made by TokenVerifier only (tests construct it directly).
struct Caller {
  CallerKind kind = CallerKind::kAnonymous;
  uint64_t id = 0;  // of the volunteer, member of staff or back end; 0 otherwise
  uint64_t center_id =
      0;                // the center the account belongs to; 0 for anonymous callers, services and the platform's own
  std::string subject;  // "volunteers/ID", "staff/ID", "clients/ID", "services/NAME"; empty for anonymous callers
  uint64_t session_id = 0;  // of the log-in the token belongs to; 0 for services and back ends
  // The SHA-256 thumbprint, base64url, of the client certificate that the token is bound to (RFC 8705); empty for none.
  std::string certificate = {};
};

}  // namespace wenming::auth
