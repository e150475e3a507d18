#include "common/auth/totp.h"

#include <liboath/oath.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace wenming::auth {
namespace {

constexpr size_t kDigits = 6;
constexpr unsigned kStepSeconds = 30;
constexpr size_t kWindow = 1;

std::string PercentEncoded(std::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += static_cast<char>(c);
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(c, absl::kZeroPad2));
    }
  }
  return encoded;
}

}  // namespace

std::optional<int64_t> TotpStep(std::string_view secret, std::string_view code, absl::Time now) {
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  if (code.size() != kDigits || !std::ranges::all_of(code, digit)) return std::nullopt;
  if (oath_init() != OATH_OK) return std::nullopt;
  int position = 0;
  uint64_t step = 0;
  const int outcome = oath_totp_validate3(secret.data(), secret.size(), absl::ToTimeT(now), kStepSeconds, 0, kWindow,
                                          &position, &step, std::string(code).c_str());
  if (outcome < 0) return std::nullopt;
  return static_cast<int64_t>(step);
}

std::string TotpSecretText(std::string_view secret) {
  char* text = nullptr;
  size_t size = 0;
  if (oath_base32_encode(secret.data(), secret.size(), &text, &size) != OATH_OK) return "";
  std::string base32(text, size);
  std::free(text);
  base32.erase(std::ranges::find(base32, '='), base32.end());
  return base32;
}

std::string TotpUri(std::string_view secret, std::string_view account, std::string_view issuer) {
  const std::string label = PercentEncoded(issuer) + ":" + PercentEncoded(account);
  return absl::StrCat("otpauth://totp/", label, "?secret=", TotpSecretText(secret), "&issuer=", PercentEncoded(issuer),
                      "&algorithm=SHA1&digits=6&period=30");
}

}  // namespace wenming::auth
