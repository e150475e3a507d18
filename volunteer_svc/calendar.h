// Days as they stand on paper in China, and instants as they are stored; both as the contract writes them. Pure
// functions.
#pragma once

#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

namespace wenming::volunteer {

// The day it is at that instant in Asia/Shanghai, and the instant at which a day begins there.
absl::CivilDay DayInChina(absl::Time time);
absl::Time StartInChina(absl::CivilDay day);

google::type::Date ToDate(absl::CivilDay day);
// Nothing for what is no whole day of the calendar between the years 1 and 9999.
std::optional<absl::CivilDay> FromDate(const google::type::Date& date);

// Times of the contract are stored to the microsecond; what is finer is cut.
google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace wenming::volunteer
