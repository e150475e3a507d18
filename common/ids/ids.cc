#include "common/ids/ids.h"

#include <algorithm>

namespace wenming::ids {
namespace {

constexpr int64_t kEpochMillis = 1577836800000;  // 2020-01-01T00:00:00Z
constexpr int kSequenceBits = 10;
constexpr int kSaltBits = 12;
constexpr uint64_t kSequenceMask = (1u << kSequenceBits) - 1;
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kTextSize = 13;

}  // namespace

uint64_t Generator::Next() {
  const int64_t millis = std::max<int64_t>(0, absl::ToUnixMillis(clock_()) - kEpochMillis);
  const uint64_t earliest = std::max<uint64_t>(static_cast<uint64_t>(millis) << kSequenceBits, 1);
  uint64_t last = last_.load(std::memory_order_relaxed);
  uint64_t next;
  do {
    // More than 1024 in a millisecond, or a clock that went back, borrow from the milliseconds to come.
    next = std::max(earliest, last + 1);
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return (next >> kSequenceBits) << (kSequenceBits + kSaltBits) | salt_ << kSequenceBits | (next & kSequenceMask);
}

absl::Time TimeOf(uint64_t id) {
  return absl::FromUnixMillis(static_cast<int64_t>(id >> (kSequenceBits + kSaltBits)) + kEpochMillis);
}

std::string ToText(uint64_t id) {
  std::string text(kTextSize, '0');
  for (size_t i = kTextSize; i-- > 0; id >>= 5) text[i] = kDigits[id & 31];
  return text;
}

std::optional<uint64_t> FromText(std::string_view text) {
  if (text.size() != kTextSize || text[0] > 'F') return std::nullopt;  // 13 digits hold 65 bits
  uint64_t id = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    id = id << 5 | digit;
  }
  return id == 0 ? std::nullopt : std::optional(id);
}

std::string ResourceName(std::string_view collection, uint64_t id) {
  std::string name;
  name.reserve(collection.size() + 1 + kTextSize);
  name.append(collection).append(1, '/').append(ToText(id));
  return name;
}

std::optional<uint64_t> ParseName(std::string_view collection, std::string_view name) {
  if (name.size() != collection.size() + 1 + kTextSize || !name.starts_with(collection) ||
      name[collection.size()] != '/') {
    return std::nullopt;
  }
  return FromText(name.substr(collection.size() + 1));
}

}  // namespace wenming::ids
