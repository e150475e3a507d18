// Invitations to rate, and what ratings allow to claim. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "activity_svc/attendance/check_code.h"

namespace wenming::activity {

// Ours: long enough to pass a letter on, short enough that people remember.
inline constexpr absl::Duration kInvitationLife = absl::Hours(24 * 30);

// Which invitation it is.
struct Invitation {
  uint64_t center_id = 0;
  uint64_t batch_id = 0;
  uint32_t number = 0;  // within the batch

  friend bool operator==(const Invitation&, const Invitation&) = default;
};

// Nobody is asked about what has not begun: FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED, naming when it does,
// before the first shift of the activity begins.
absl::Status CheckBegun(std::optional<absl::Time> first_start, absl::Time now);

// The invitation as a text: its numbers and 16 bytes of HMAC-SHA256 over them, base64url; 48 characters.
std::string TokenOf(const CheckCodes& codes, const Invitation& invitation);
// Nothing for a text that TokenOf has not made with this key.
std::optional<Invitation> ReadToken(const CheckCodes& codes, std::string_view token);

// The lower end of the 95 % Wilson score interval of `hits` among `tries`; 0 for no tries. Few answers claim little:
// 5 of 5 is 0.57, 500 of 500 is 0.99.
double WilsonLowerBound(int64_t hits, int64_t tries);

}  // namespace wenming::activity
