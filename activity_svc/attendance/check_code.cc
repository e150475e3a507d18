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

int64_t WindowOf(absl::Time time) { return absl::ToUnixSeconds(time) / absl::ToInt64Seconds(kCodeWindow); }

std::string CodeOf(std::string_view key, uint64_t shift_id, int64_t window) {
  const std::string mac = crypto::HmacSha256(key, absl::StrCat("check_code ", shift_id, " ", window));
  std::string code;
  for (size_t i = 0; i < kLength; ++i) code += kAlphabet[static_cast<unsigned char>(mac[i]) % kAlphabet.size()];
  return code;
}

}  // namespace

absl::StatusOr<CheckCodes> CheckCodes::Load(const std::string& keys_dir) {
  auto key = crypto::LoadKey(keys_dir + "/check_code.key");
  if (!key.ok()) return key.status();
  return CheckCodes(*std::move(key));
}

std::string CheckCodes::At(uint64_t shift_id, absl::Time time) const { return CodeOf(key_, shift_id, WindowOf(time)); }

bool CheckCodes::Accepts(uint64_t shift_id, std::string_view code, absl::Time time) const {
  const std::string given = absl::AsciiStrToUpper(absl::string_view(code.data(), code.size()));
  const bool current = crypto::ConstantTimeEquals(given, CodeOf(key_, shift_id, WindowOf(time)));
  const bool previous = crypto::ConstantTimeEquals(given, CodeOf(key_, shift_id, WindowOf(time) - 1));
  return current || previous;
}

absl::Time NextCodeTime(absl::Time time) {
  return absl::FromUnixSeconds((WindowOf(time) + 1) * absl::ToInt64Seconds(kCodeWindow));
}

}  // namespace wenming::activity
