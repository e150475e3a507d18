#include "activity_svc/attendance/check_code.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"

namespace wenming::activity {
namespace {

constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(kAlphabet.size() == 32);
constexpr size_t kLength = 8;

std::string CodeOf(std::string_view shift_key, int64_t window) {
  return CodeText(shift_key, absl::StrCat("check_code ", window));
}

}  // namespace

absl::StatusOr<CheckCodes> CheckCodes::Load(const std::string& keys_dir) {
  auto key = crypto::LoadKey(keys_dir + "/check_code.key");
  if (!key.ok()) return key.status();
  return CheckCodes(*std::move(key));
}

// Each key is derived for its own purpose, so that whoever holds one learns nothing of the others.
std::string CheckCodes::ShiftKey(uint64_t shift_id) const { return Mac("shift_key", absl::StrCat(shift_id)); }

std::string CheckCodes::PersonalKey(uint64_t registration_id, uint64_t volunteer_id) const {
  return Mac("personal_key", absl::StrCat(registration_id, " ", volunteer_id));
}

std::string CheckCodes::PackSeed() const { return Mac("station_pack", ""); }

std::string CheckCodes::At(uint64_t shift_id, absl::Time time) const {
  return CodeOf(ShiftKey(shift_id), CodeWindowOf(time));
}

bool CheckCodes::Accepts(uint64_t shift_id, std::string_view code, absl::Time time) const {
  const std::string given = absl::AsciiStrToUpper(absl::string_view(code.data(), code.size()));
  const std::string key = ShiftKey(shift_id);
  const bool current = crypto::ConstantTimeEquals(given, CodeOf(key, CodeWindowOf(time)));
  const bool previous = crypto::ConstantTimeEquals(given, CodeOf(key, CodeWindowOf(time) - 1));
  return current || previous;
}

std::string CheckCodes::Mac(std::string_view purpose, std::string_view text) const {
  return crypto::HmacSha256(key_, std::string(purpose) + '\0' + std::string(text));
}

int64_t CodeWindowOf(absl::Time time) { return absl::ToUnixSeconds(time) / absl::ToInt64Seconds(kCodeWindow); }

std::string CodeText(std::string_view key, std::string_view text) {
  const std::string mac = crypto::HmacSha256(key, text);
  std::string code;
  for (size_t i = 0; i < kLength; ++i) code += kAlphabet[static_cast<unsigned char>(mac[i]) % kAlphabet.size()];
  return code;
}

absl::Time NextCodeTime(absl::Time time) {
  return absl::FromUnixSeconds((CodeWindowOf(time) + 1) * absl::ToInt64Seconds(kCodeWindow));
}

}  // namespace wenming::activity
