#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

absl::TimeZone China() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    // A bare machine may have no time zone data; China has had one offset since 1992.
    return absl::LoadTimeZone("Asia/Shanghai", &loaded) ? loaded : absl::FixedTimeZone(8 * 60 * 60);
  }();
  return zone;
}

}  // namespace

absl::CivilDay DayInChina(absl::Time time) { return absl::ToCivilDay(time, China()); }

absl::Time StartInChina(absl::CivilDay day) { return absl::FromCivil(day, China()); }

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::optional<absl::CivilDay> FromDate(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999) return std::nullopt;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // An absl day normalises: the 30th of February becomes a day of March.
  if (day.year() != date.year() || day.month() != date.month() || day.day() != date.day()) return std::nullopt;
  return day;
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  const int64_t micros = absl::ToInt64Microseconds(time - absl::FromUnixSeconds(seconds));
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(micros * 1000));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  const absl::Time time = absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
  return absl::FromUnixMicros(absl::ToUnixMicros(time));
}

}  // namespace wenming::volunteer
