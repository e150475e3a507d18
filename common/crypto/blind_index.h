// Finds encrypted personal data by its value without storing the value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace wenming::crypto {

// A value; thread-safe.
class BlindIndex {
 public:
  static constexpr size_t kSize = 16;

  // Reads <keys_dir>/index.key.
  static absl::StatusOr<BlindIndex> Load(const std::string& keys_dir);

  // `key`: a secret of 16 bytes or more.
  explicit BlindIndex(std::string key) : key_(std::move(key)) {}

  // 16 bytes that are the same for the same value and purpose ("id_number", "phone"), and tell nothing without the key.
  // ASCII letters count as upper case, spaces and hyphens as absent: "1101…002x" is found as "1101…002X".
  std::string Of(std::string_view purpose, std::string_view value) const;

 private:
  std::string key_;
};

}  // namespace wenming::crypto
