#include "volunteer_svc/certificates/certificates_rules.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

#include "common/crypto/random.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

using Day = absl::CivilDay;

struct PeriodCase {
  std::optional<Day> start, end;
  std::optional<Period> expected;
};

TEST(PeriodOfTest, FillsWhatIsLeftOut) {
  const Day first(2026, 2, 3), today(2026, 5, 1);
  const PeriodCase kCases[] = {
      {{}, {}, Period{first, today}},
      {Day(2026, 3, 1), {}, Period{Day(2026, 3, 1), today}},
      {{}, Day(2026, 3, 1), Period{first, Day(2026, 3, 1)}},
      {Day(2026, 3, 1), Day(2026, 3, 1), Period{Day(2026, 3, 1), Day(2026, 3, 1)}},
      {Day(2026, 3, 2), Day(2026, 3, 1), {}},
      {{}, Day(2026, 5, 2), {}},
      {Day(2026, 5, 2), {}, {}},
      {{}, Day(2026, 2, 2), {}},
      {Day(1900, 1, 1), {}, Period{Day(1900, 1, 1), today}},
      {Day(1899, 12, 31), {}, {}},
      {Day(50, 1, 1), Day(50, 1, 2), {}},
  };
  for (const PeriodCase& expected : kCases) {
    v1::CreateCertificateRequest request;
    if (expected.start) *request.mutable_start_date() = ToDate(*expected.start);
    if (expected.end) *request.mutable_end_date() = ToDate(*expected.end);
    const auto period = PeriodOf(request, first, today);
    ASSERT_EQ(period.ok(), expected.expected.has_value()) << request.ShortDebugString();
    if (!period.ok()) {
      EXPECT_EQ(period.status().code(), absl::StatusCode::kInvalidArgument);
      continue;
    }
    EXPECT_EQ(period->start, expected.expected->start);
    EXPECT_EQ(period->end, expected.expected->end);
  }
  v1::CreateCertificateRequest request;
  request.mutable_start_date()->set_year(2026);
  request.mutable_start_date()->set_month(2);
  request.mutable_start_date()->set_day(30);
  EXPECT_FALSE(PeriodOf(request, first, today).ok());
}

TEST(CodeTest, TellsItsCenterAndNothingElseTwice) {
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) {
    const std::string code = CodeOf(kCenter, crypto::RandomBytes(kCodeRandomBytes));
    EXPECT_EQ(code.size(), 39u);
    EXPECT_EQ(CenterOfCode(code), kCenter);
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 100u);
  EXPECT_FALSE(CenterOfCode("").has_value());
  EXPECT_FALSE(CenterOfCode(codes.begin()->substr(1)).has_value());
  EXPECT_FALSE(CenterOfCode(std::string(39, '!')).has_value());
}

TEST(CodeTest, EveryRandomBitCounts) {
  const std::string zeros(kCodeRandomBytes, '\0');
  std::set<std::string> codes = {CodeOf(kCenter, zeros)};
  for (size_t bit = 0; bit < 8 * kCodeRandomBytes; ++bit) {
    std::string random = zeros;
    random[bit / 8] = static_cast<char>(1 << (bit % 8));
    codes.insert(CodeOf(kCenter, random));
  }
  EXPECT_EQ(codes.size(), 129u);
}

TEST(SerialTest, HasCenterYearAndNumber) {
  EXPECT_EQ(SerialOf("HT", absl::CivilYear(2026), 123), "HT-2026-000123");
  EXPECT_EQ(SerialOf("HT", absl::CivilYear(2026), 1234567), "HT-2026-1234567");
}

TEST(CalendarTest, ADayInChinaBeginsAtFourInTheAfternoonUtc) {
  const absl::Time midnight = absl::FromCivil(absl::CivilHour(2025, 12, 31, 16), absl::UTCTimeZone());
  EXPECT_EQ(StartInChina(Day(2026, 1, 1)), midnight);
  EXPECT_EQ(DayInChina(midnight), Day(2026, 1, 1));
  EXPECT_EQ(DayInChina(midnight - absl::Microseconds(1)), Day(2025, 12, 31));
}

}  // namespace
}  // namespace wenming::volunteer
