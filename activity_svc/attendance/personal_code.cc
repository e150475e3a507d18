#include "activity_svc/attendance/personal_code.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "activity_svc/attendance/check_code.h"
#include "common/crypto/digest.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

constexpr size_t kHashSize = 32;

std::string CodeOf(std::string_view key, std::string_view device_hash, int64_t window) {
  return CodeText(key, absl::StrCat("personal_code ", crypto::Base64Url(device_hash), " ", window));
}

}  // namespace

std::optional<PersonalCode> ParsePersonalCode(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(text.data(), text.size()), '.');
  if (parts.size() != 3) return std::nullopt;
  const auto registration = ids::FromText(parts[0]);
  const auto device = crypto::FromBase64Url(parts[1]);
  if (!registration || !device || device->size() != kHashSize) return std::nullopt;
  return PersonalCode{*registration, *device, absl::AsciiStrToUpper(parts[2])};
}

std::string PersonalCodeAt(std::string_view key, uint64_t registration_id, std::string_view device_hash,
                           absl::Time time) {
  return absl::StrCat(ids::ToText(registration_id), ".", crypto::Base64Url(device_hash), ".",
                      CodeOf(key, device_hash, CodeWindowOf(time)));
}

bool AcceptsPersonal(std::string_view key, const PersonalCode& code, absl::Time time, bool late) {
  bool accepted = false;
  for (int64_t window = CodeWindowOf(time) - 1; window <= CodeWindowOf(time) + (late ? 1 : 0); ++window) {
    accepted |= crypto::ConstantTimeEquals(code.code, CodeOf(key, code.device_hash, window));
  }
  return accepted;
}

}  // namespace wenming::activity
