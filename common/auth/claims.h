// The two JSON parts of an access token, written and read strictly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/auth/caller.h"

namespace wenming::auth {

// What a token says. Times are seconds since 1970 UTC.
struct Claims {
  Caller caller;
  std::string service;  // that issued it
  int64_t issued_at = 0;
  int64_t not_before = 0;
  int64_t expires_at = 0;
  std::string token_id;
};

// Whether a token of the service may say that somebody is this caller: org_svc vouches for staff and back ends,
// volunteer_svc for volunteers, each service for itself. People have a session, back ends a certificate that their
// token is bound to. False also for a caller whose members contradict each other.
bool MayVouch(std::string_view service, const Caller& caller);

std::string HeaderJson(std::string_view key_id);
std::string ClaimsJson(const Claims& claims);

// The kid of a header as HeaderJson writes it, in any order of members; nothing for one that says anything else.
std::optional<std::string> ParseHeader(std::string_view json);

// The claims of a payload that has all of ours, each once and of the right type, and whose issuer may vouch for its
// subject. Further claims are ignored as long as they are strings or whole numbers.
std::optional<Claims> ParseClaims(std::string_view json);

}  // namespace wenming::auth
