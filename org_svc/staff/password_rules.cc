#include "org_svc/staff/password_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/errors/errors.h"

namespace wenming::org {
namespace {

constexpr size_t kShortest = 10;
constexpr size_t kLongest = 128;
constexpr size_t kLongEnough = 16;  // for any kinds of characters
constexpr int kKinds = 3;

// What guessing begins with, in lower case; a password is one of them also where digits or signs follow.
constexpr std::string_view kCommon[] = {
    "password", "passw0rd",   "p@ssw0rd", "p@ssword", "qwertyuiop", "qwerty",        "1qaz2wsx", "1q2w3e4r",
    "zaq12wsx", "qazwsxedc",  "abc123",   "abcd1234", "admin",      "administrator", "letmein",  "welcome",
    "iloveyou", "woaini",     "monkey",   "dragon",   "sunshine",   "changeme",      "default",  "hongtong",
    "wenming",  "zhiyuanzhe", "beijing",  "zhongguo", "test",       "111111",        "123456",   "888888"};

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

int KindsIn(std::string_view password) {
  std::array<bool, 4> kinds = {};
  for (const unsigned char c : password) {
    kinds[std::islower(c) != 0 ? 0 : std::isupper(c) != 0 ? 1 : std::isdigit(c) != 0 ? 2 : 3] = true;
  }
  return static_cast<int>(std::ranges::count(kinds, true));
}

// "Password", "password123!", "2026password".
bool IsCommon(std::string_view lower) {
  const auto letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  for (const std::string_view common : kCommon) {
    const size_t at = lower.find(common);
    if (at == lower.npos) continue;
    const std::string rest = std::string(lower.substr(0, at)) + std::string(lower.substr(at + common.size()));
    if (std::ranges::none_of(rest, letter) && rest.size() < kLongEnough / 2) return true;
  }
  return false;
}

// "aaaaaaaaaaaaaaaa", "abababababababab".
bool IsMonotonous(std::string_view password) {
  std::string distinct(password);
  std::ranges::sort(distinct);
  const auto repeated = std::ranges::unique(distinct);
  return distinct.size() - repeated.size() < 4;
}

}  // namespace

absl::Status CheckPassword(std::string_view field, std::string_view password, std::string_view username) {
  const auto weak = [field](const char* zh, const char* en) {
    return errors::InvalidField(field, type::REASON_PASSWORD_TOO_WEAK, {{"rule_zh", zh}, {"rule_en", en}});
  };
  const size_t size = Characters(password);
  if (size < kShortest || size > kLongest) return weak("须为 10 到 128 个字符", "10 to 128 characters");
  if (size < kLongEnough && KindsIn(password) < kKinds) {
    return weak("大写字母、小写字母、数字、其他字符须有三种，或不少于 16 个字符",
                "three of upper case, lower case, digits and others, or at least 16 characters");
  }
  const std::string lower = absl::AsciiStrToLower(absl::string_view(password.data(), password.size()));
  const absl::string_view name(username.data(), username.size());
  if (!name.empty() && absl::StrContains(lower, absl::AsciiStrToLower(name))) {
    return weak("不能包含用户名", "not with the user name in it");
  }
  if (IsCommon(lower) || IsMonotonous(password)) return weak("太常见，容易被猜到", "not one that is easy to guess");
  return absl::OkStatus();
}

}  // namespace wenming::org
