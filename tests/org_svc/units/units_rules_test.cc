#include "org_svc/units/units_rules.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

UnitRecord Of(v1::Unit::Level level, uint64_t center_id = 1, v1::Unit::State state = v1::Unit::STATE_ACTIVE) {
  UnitRecord record{.center_id = center_id, .id = 9, .parent_id = 0, .version = 1, .unit = {}};
  record.unit.set_level(level);
  record.unit.set_state(state);
  return record;
}

TEST(UnitsRulesTest, AParentIsExactlyOneLevelUp) {
  for (int level = v1::Unit::LEVEL_CENTER; level <= v1::Unit::LEVEL_POINT; ++level) {
    for (int parent = v1::Unit::LEVEL_CENTER; parent <= v1::Unit::LEVEL_POINT; ++parent) {
      const absl::Status fits =
          CheckUnitParent(1, static_cast<v1::Unit::Level>(level), Of(static_cast<v1::Unit::Level>(parent)));
      EXPECT_EQ(ReasonName(fits), parent + 1 == level ? "OK" : "PARENT_LEVEL") << level << " below " << parent;
    }
  }
}

TEST(UnitsRulesTest, AParentIsOfTheSameCenterAndActive) {
  EXPECT_EQ(ReasonName(CheckUnitParent(2, v1::Unit::LEVEL_INSTITUTE, Of(v1::Unit::LEVEL_CENTER, 1))), "OTHER_CENTER");
  EXPECT_EQ(
      ReasonName(CheckUnitParent(1, v1::Unit::LEVEL_INSTITUTE, Of(v1::Unit::LEVEL_CENTER, 1, v1::Unit::STATE_DELETED))),
      "MOVE_NOT_ALLOWED");
}

TEST(UnitsRulesTest, ChecksDatesAndPlaces) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto day = [](int year, int month, int d) {
    v1::Unit unit;
    unit.mutable_opened_date()->set_year(year);
    unit.mutable_opened_date()->set_month(month);
    unit.mutable_opened_date()->set_day(d);
    return CheckUnitValues(unit).ok();
  };
  const auto place = [](double latitude, double longitude) {
    v1::Unit unit;
    unit.mutable_location()->set_latitude(latitude);
    unit.mutable_location()->set_longitude(longitude);
    return CheckUnitValues(unit).ok();
  };
  EXPECT_TRUE(day(2019, 5, 29));
  EXPECT_TRUE(day(2020, 2, 29));
  EXPECT_FALSE(day(2019, 2, 29));
  EXPECT_FALSE(day(2019, 5, 0));
  EXPECT_FALSE(day(0, 5, 29));
  EXPECT_FALSE(day(2019, 13, 1));
  EXPECT_FALSE(day(2019, -1, 1));
  EXPECT_TRUE(place(36.25, 111.67));
  EXPECT_TRUE(place(-90, 180));
  EXPECT_FALSE(place(90.1, 0));
  EXPECT_FALSE(place(0, -180.1));
  EXPECT_FALSE(place(nan, 0));
  EXPECT_FALSE(place(0, nan));
}

TEST(UnitsRulesTest, TakesOverTheNamedFieldsOnly) {
  auto to =
      Parse<v1::Unit>(R"(display_name: "旧" address: "旧址" division_code: "141024100000" location { latitude: 1 })");
  const auto from = Parse<v1::Unit>(R"(display_name: "新" address: "" opened_date { year: 2019 month: 5 day: 29 })");
  ApplyUnitFields({"display_name", "address", "location", "opened_date"}, from, to);
  EXPECT_EQ(to.display_name(), "新");
  EXPECT_EQ(to.address(), "");
  EXPECT_EQ(to.division_code(), "141024100000");
  EXPECT_FALSE(to.has_location());
  EXPECT_EQ(to.opened_date().year(), 2019);
}

}  // namespace
}  // namespace wenming::org
