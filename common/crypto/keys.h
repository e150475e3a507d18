// Key material in files.
//
// A file that everybody on the machine may read is refused with FAILED_PRECONDITION; one that is missing, empty or
// oversized, or does not hold what it should, with NOT_FOUND or INVALID_ARGUMENT. Messages name the file, never its
// content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wenming::crypto {

// The whole content of a file that holds a secret, at most 64 KiB.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// The bytes that `hex` spells, at least `min_size` of them; white space around it is ignored. `path` is for the
// message.
absl::StatusOr<std::string> ParseHexKey(std::string_view hex, size_t min_size, std::string_view path);

// The key in a file of hex digits: 16 bytes or more.
absl::StatusOr<std::string> LoadKey(const std::string& path);

// The generation in a file's name: N of "<stem>.N<ending>", 0 of "<stem><ending>"; nothing of any other name.
std::optional<uint32_t> GenerationOf(std::string_view name, std::string_view stem, std::string_view ending);

}  // namespace wenming::crypto
