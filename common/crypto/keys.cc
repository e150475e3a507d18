#include "common/crypto/keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace wenming::crypto {
namespace {

constexpr size_t kMaxSize = 64 * 1024;
constexpr size_t kMinKeySize = 16;

absl::Status Unreadable(const std::string& path) {
  return absl::NotFoundError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unreadable(path);
  const auto close_file = absl::MakeCleanup([file] { close(file); });

  // Asked of the open file, so that what was checked is what is read.
  struct stat info {};
  if (fstat(file, &info) != 0) return Unreadable(path);
  if ((info.st_mode & S_IRWXO) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is open to everybody on this machine; allow its owner only: chmod 600"));
  }

  std::string content(kMaxSize + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = read(file, content.data() + size, content.size() - size);
    if (count < 0) return Unreadable(path);
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  if (size == 0 || size > kMaxSize) return absl::InvalidArgumentError(absl::StrCat(path, " is empty or too large"));
  content.resize(size);
  return content;
}

absl::StatusOr<std::string> ParseHexKey(std::string_view hex, size_t min_size, std::string_view path) {
  const absl::string_view digits = absl::StripAsciiWhitespace(absl::string_view(hex.data(), hex.size()));
  const absl::string_view name(path.data(), path.size());
  for (const char digit : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(digit))) {
      return absl::InvalidArgumentError(absl::StrCat(name, " holds something other than hex digits"));
    }
  }
  if (digits.size() % 2 != 0 || digits.size() / 2 < min_size) {
    return absl::InvalidArgumentError(absl::StrCat(name, " must hold a key of at least ", min_size, " bytes as hex"));
  }
  return absl::HexStringToBytes(digits);
}

absl::StatusOr<std::string> LoadKey(const std::string& path) {
  absl::StatusOr<std::string> content = ReadSecretFile(path);
  if (!content.ok()) return content;
  return ParseHexKey(*content, kMinKeySize, path);
}

std::optional<uint32_t> GenerationOf(std::string_view name, std::string_view stem, std::string_view ending) {
  if (!name.starts_with(stem) || !name.ends_with(ending) || name.size() < stem.size() + ending.size()) {
    return std::nullopt;
  }
  std::string_view middle = name.substr(stem.size(), name.size() - stem.size() - ending.size());
  if (middle.empty()) return 0;
  if (middle.front() != '.') return std::nullopt;
  middle.remove_prefix(1);
  uint32_t generation = 0;
  const auto [end, fault] = std::from_chars(middle.data(), middle.data() + middle.size(), generation);
  if (fault != std::errc() || end != middle.data() + middle.size()) return std::nullopt;
  return generation;
}

}  // namespace wenming::crypto
