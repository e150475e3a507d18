// The code that the organiser shows and volunteers scan: new every 30 seconds, and known to the server without storing
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wenming::activity {

inline constexpr absl::Duration kCodeWindow = absl::Seconds(30);

// Eight characters of HMAC-SHA256 over shift and window, in an alphabet without 0 O 1 I: 40 bits, so that guessing
// within the minute that a code is good for is hopeless. A value; thread-safe.
class CheckCodes {
 public:
  // Reads <keys_dir>/check_code.key.
  static absl::StatusOr<CheckCodes> Load(const std::string& keys_dir);

  // `key`: a secret of 16 bytes or more.
  explicit CheckCodes(std::string key) : key_(std::move(key)) {}

  // The code of a shift at a time.
  std::string At(uint64_t shift_id, absl::Time time) const;
  // What makes the codes of a shift, and of no other: HMAC-SHA256 over "check_code N" with it.
  std::string ShiftKey(uint64_t shift_id) const;
  // What makes a volunteer's own codes for one registration, and for no other (personal_code.h).
  std::string PersonalKey(uint64_t registration_id, uint64_t volunteer_id) const;
  // The seed of the Ed25519 key that signs station packs.
  std::string PackSeed() const;
  // Whether the code was shown at that time or in the window before, for it takes a moment to scan and send. Lower case
  // counts as upper. The comparison takes the same time whatever the code.
  bool Accepts(uint64_t shift_id, std::string_view code, absl::Time time) const;

  // The 32 bytes of HMAC-SHA256 that the same key makes over a text for another purpose; purposes never meet.
  std::string Mac(std::string_view purpose, std::string_view text) const;

 private:
  std::string key_;
};

// Which window a time is in: the Unix time / 30 s.
int64_t CodeWindowOf(absl::Time time);
// The characters of a code: those of the alphabet at the first bytes of HMAC-SHA256(key, text).
std::string CodeText(std::string_view key, std::string_view text);

// When the code shown at `time` is replaced.
absl::Time NextCodeTime(absl::Time time);

}  // namespace wenming::activity
