// The words of a certificate on paper, in Chinese (民发〔2015〕149号). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// A line of one or two labelled values; the second label is empty where there is one.
struct PaperRow {
  std::string label, value, second_label, second_value;
};
struct PaperActivity {
  std::string title, content, days, time;
};

// What it says of the person, the service and the issuer.
std::vector<PaperRow> PaperRows(const v1::Certificate& certificate);
// The activities; where it certifies more minutes than these have, the rest is the last line.
std::vector<PaperActivity> PaperActivities(const v1::Certificate& certificate);

// "102 小时", "1 小时 5 分钟", "40 分钟".
std::string MinutesOnPaper(int64_t minutes);
// "2026年5月1日".
std::string DayOnPaper(absl::CivilDay day);

}  // namespace wenming::volunteer
