// Encrypts personal data for a database column.
//
// The envelope is binary: version (1 byte, 1 = AES-256-GCM), generation of the key (2 bytes, big-endian), nonce (12
// bytes), ciphertext, tag (16 bytes): 31 bytes longer than the text. It is bound to the row and column that it stands
// in by the associated data, for example "volunteers/01J5ZC0QX8V3M#phone": moved elsewhere, it does not open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace wenming::crypto {

// A value; thread-safe once made.
class DataCipher {
 public:
  static constexpr size_t kOverhead = 31;

  // Reads <keys_dir>/data.key: a key of 32 bytes as hex a line, with its generation before it ("2:9f86…") where there
  // are several; a line without one is generation 1. The highest generation encrypts, all of them decrypt.
  static absl::StatusOr<DataCipher> Load(const std::string& keys_dir, RandomSource random = RandomBytes);

  // The envelope of `plain`.
  absl::StatusOr<std::string> Seal(std::string_view plain, std::string_view aad) const;

  // What was sealed with the same `aad`. DATA_LOSS when the envelope was altered, stands in another row or its key is
  // not among ours.
  absl::StatusOr<std::string> Open(std::string_view envelope, std::string_view aad) const;

  // The generation of the key that encrypts, and the one that an envelope needs (nothing when it is no envelope): rows
  // that differ are due for re-encryption.
  uint16_t CurrentGeneration() const { return keys_.rbegin()->first; }
  static std::optional<uint16_t> GenerationOf(std::string_view envelope);

 private:
  DataCipher(std::map<uint16_t, std::string> keys, RandomSource random)
      : keys_(std::move(keys)), random_(std::move(random)) {}

  std::map<uint16_t, std::string> keys_;  // by generation; never empty
  RandomSource random_;
};

}  // namespace wenming::crypto
