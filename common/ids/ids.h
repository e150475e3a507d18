// Identifiers: 64 bits, time-ordered, made in the service, and their text in resource names.
//
// From the top: 42 bits of milliseconds since 2020-01-01 UTC (until 2159), 12 bits of node salt, 10 bits of sequence.
// The text is 13 characters of Crockford's base32 in upper case, which sorts like the number. 0 is no id.
#ifndef WENMING_COMMON_IDS_IDS_H_
#define WENMING_COMMON_IDS_IDS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace wenming::ids {

// Makes ids that grow strictly within one process, also where the clock stands still or goes back. Two processes with
// the same salt could make the same id in the same millisecond: give each a random one at its start.
//
// Thread-safe, without locks.
class Generator {
 public:
  // Of `salt` the lower 12 bits count.
  Generator(std::function<absl::Time()> clock, uint16_t salt) : clock_(std::move(clock)), salt_(salt & 0xFFF) {}

  uint64_t Next();

 private:
  const std::function<absl::Time()> clock_;
  const uint64_t salt_;
  std::atomic<uint64_t> last_ = 0;  // milliseconds << 10 | sequence
};

// When the id was made, to the millisecond.
absl::Time TimeOf(uint64_t id);

// "01H…": 13 characters.
std::string ToText(uint64_t id);

// The id of exactly such a text: 13 characters, upper case, neither I, L, O nor U, within 64 bits, not 0.
std::optional<uint64_t> FromText(std::string_view text);

// "units/01H…".
std::string ResourceName(std::string_view collection, uint64_t id);

// The id in the name of a resource of `collection`; nothing when the name has any other form. The caller answers
// REASON_BAD_RESOURCE_NAME with its field.
std::optional<uint64_t> ParseName(std::string_view collection, std::string_view name);

}  // namespace wenming::ids

#endif  // WENMING_COMMON_IDS_IDS_H_
