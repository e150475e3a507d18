#include "gateway/errors/language.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

// The weight behind "zh-CN;q=0.8"; 1 when there is none, 0 when it cannot be read.
double Quality(absl::string_view parameters) {
  for (absl::string_view parameter : absl::StrSplit(parameters, ';')) {
    parameter = absl::StripAsciiWhitespace(parameter);
    if (!absl::StartsWithIgnoreCase(parameter, "q=")) continue;
    double quality = 0;
    return absl::SimpleAtod(parameter.substr(2), &quality) ? quality : 0;
  }
  return 1;
}

}  // namespace

Language PreferredLanguage(std::string_view accept_language) {
  double chinese = 0;
  double english = 0;
  for (absl::string_view range : absl::StrSplit(ToAbsl(accept_language), ',')) {
    std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(range, absl::MaxSplits(';', 1));
    absl::string_view tag = absl::StripAsciiWhitespace(parts.first);
    double quality = Quality(parts.second);
    if (absl::StartsWithIgnoreCase(tag, "zh")) chinese = std::max(chinese, quality);
    if (absl::StartsWithIgnoreCase(tag, "en")) english = std::max(english, quality);
  }
  return english > chinese ? Language::kEnglish : Language::kChinese;
}

}  // namespace wenming::gateway
