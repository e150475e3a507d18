// One of several equal parts of a stream of events, for a consumer that shares the stream with others of its service.
#ifndef WENMING_COMMON_OUTBOX_PARTITION_H_
#define WENMING_COMMON_OUTBOX_PARTITION_H_

#include <cstdint>
#include <string_view>

namespace wenming::outbox {

// Events of one key are all of one part, so their order is kept though the parts are applied at once. Which one it is
// depends on the key and the count alone: every process and every release answers the same.
class Partition {
 public:
  // The whole stream.
  constexpr Partition() = default;
  // Part `index`, from 0, of `count`.
  constexpr Partition(uint64_t index, uint64_t count) : index_(index), count_(count) {}

  // Whether events of this key are of this part.
  constexpr bool Has(std::string_view key) const { return count_ == 1 || Spread(key) % count_ == index_; }

 private:
  // FNV-1a, which is short and stable, and then the end of MurmurHash3, for keys that differ in their last digit alone.
  static constexpr uint64_t Spread(std::string_view key) {
    uint64_t hash = 0xcbf29ce484222325;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
    return hash ^ (hash >> 33);
  }

  uint64_t index_ = 0, count_ = 1;
};

}  // namespace wenming::outbox

#endif  // WENMING_COMMON_OUTBOX_PARTITION_H_
