#include "gateway/http/http_date.h"

#include "absl/strings/str_format.h"

namespace wenming::gateway::http {
namespace {

// Not strftime's: names of days and months must not follow a locale.
constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string HttpDate(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  return absl::StrFormat("%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday], parts.tm_mday,
                         kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

const std::string& DateText::At(std::time_t now) {
  if (now != time_) {
    time_ = now;
    text_ = HttpDate(now);
  }
  return text_;
}

}  // namespace wenming::gateway::http
