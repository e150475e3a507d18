#include "common/rpc/validate.h"

#include <limits>

#include "common/errors/errors.h"
#include "echo.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "wenming/org/v1/units.pb.h"

namespace wenming::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "field REASON" for each violation.
std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> found;
  const auto wire = errors::ToWire(status, errors::Language::kEnglish, "");
  for (const auto& any : wire.details()) {
    google::rpc::BadRequest bad;
    if (!any.UnpackTo(&bad)) continue;
    for (const auto& v : bad.field_violations()) found.push_back(v.field() + " " + v.reason());
  }
  return found;
}

template <typename M>
std::vector<std::string> Check(const std::string& text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  const absl::Status status = Validator(*M::descriptor()).Check(message);
  EXPECT_EQ(status.ok(), Violations(status).empty());
  return Violations(status);
}

std::string Id() { return "\"units/01J5ZC0QX8V3M\""; }

TEST(Validator, Table) {
  struct Case {
    std::string text;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"needed: 'x'", {}},
      {"", {"needed REQUIRED"}},
      {"needed: 'x' text: '一'", {"text TOO_SHORT"}},
      {"needed: 'x' text: '一二三四'", {}},
      {"needed: 'x' text: '一二三四五'", {"text TOO_LONG"}},
      {"needed: 'a\\007b'", {"needed CONTROL_CHARACTER"}},
      {"needed: 'a\\177b' text: '一\\000二'", {"needed CONTROL_CHARACTER", "text CONTROL_CHARACTER"}},
      {"needed: 'a\\n\\tb'", {}},
      {"needed: 'x' list: 'a' list: 'b'", {}},
      {"needed: 'x' list: 'a' list: 'abcd'", {"list[1] TOO_LONG"}},
      {"needed: 'x' list: 'a' list: 'b' list: 'c'", {"list TOO_MANY_ITEMS"}},
      {"needed: 'x' number: 10", {"number OUT_OF_RANGE"}},
      {"needed: 'x' number: -1", {"number OUT_OF_RANGE"}},
      {"needed: 'x' number: 9", {}},
      {"needed: 'x' real: nan", {"real OUT_OF_RANGE"}},
      {"needed: 'x' real: -0.1", {"real OUT_OF_RANGE"}},
      {"needed: 'x' colour: 7", {"colour UNKNOWN_VALUE"}},
      {"needed: 'x' colours: [COLOUR_RED, COLOUR_UNSPECIFIED]", {"colours[1] UNKNOWN_VALUE"}},
      {"needed: 'x' inner {}", {"inner.name REQUIRED"}},
      {"needed: 'x' inner {name: 'n' told: 'ignored'}", {}},
      {"needed: 'x' inners {name: 'a'} inners {}", {"inners[1].name REQUIRED"}},
      {"needed: 'x' unit: " + Id(), {}},
      {"needed: 'x' unit: 'units/x'", {"unit BAD_RESOURCE_NAME"}},
      {"needed: 'x' unit: 'teams/01J5ZC0QX8V3M'", {"unit BAD_RESOURCE_NAME"}},
      {"needed: 'x' code: 'HT-141024100'", {}},
      {"needed: 'x' code: 'a b'", {"code BAD_FORMAT"}},
      {"needed: 'x' mobile: '23812341234'", {"mobile BAD_FORMAT"}},
      {"text: '一' number: 10", {"needed REQUIRED", "text TOO_SHORT", "number OUT_OF_RANGE"}},
  };
  for (const Case& c : cases) EXPECT_EQ(Check<test::v1::Rules>(c.text), c.want) << c.text;
}

TEST(Validator, AnUpdateMayLeaveRequiredFieldsOfItsResourceOut) {
  EXPECT_THAT(Check<org::v1::UpdateUnitRequest>("unit {name: " + Id() + " address: 'x'}"), IsEmpty());
  EXPECT_THAT(Check<org::v1::UpdateUnitRequest>(""), ElementsAre("unit REQUIRED"));
  EXPECT_THAT(Check<org::v1::CreateUnitRequest>("unit {code: 'A' level: LEVEL_STATION}"),
              ElementsAre("unit.display_name REQUIRED"));
}

TEST(Validator, TimesBeyondRfc3339AreRefused) {
  EXPECT_THAT(Check<org::v1::CreateUnitRequest>(
                  "unit {code: 'A' level: LEVEL_STATION display_name: 'x' opened_date {year: 2020 month: 1 day: 1}}"),
              IsEmpty());
}

TEST(HasFormat, ResidentId) {
  struct Case {
    const char* text;
    bool want;
  };
  for (const Case& c :
       {Case{"11010519491231002X", true}, Case{"110105194912310021", false}, Case{"11010519491231002x", false},
        Case{"1101051949123100", false}, Case{"440524188001010014", true}, Case{"", false}}) {
    EXPECT_EQ(HasFormat(type::FORMAT_RESIDENT_ID, c.text), c.want) << c.text;
  }
}

TEST(FieldsToUpdate, Table) {
  org::v1::Unit unit;
  unit.set_address("x");
  unit.set_code("A");
  const std::vector<std::string> updatable = {"display_name", "address"};
  google::protobuf::FieldMask mask;
  EXPECT_THAT(*FieldsToUpdate(mask, unit, updatable), ElementsAre("address"));
  mask.add_paths("display_name");
  mask.add_paths("display_name");
  EXPECT_THAT(*FieldsToUpdate(mask, unit, updatable), ElementsAre("display_name"));
  mask.add_paths("*");
  EXPECT_THAT(*FieldsToUpdate(mask, unit, updatable), ElementsAre("display_name", "address"));
  mask.clear_paths();
  mask.add_paths("code");
  mask.add_paths("nonsense");
  EXPECT_THAT(Violations(FieldsToUpdate(mask, unit, updatable).status()),
              ElementsAre("update_mask.code NOT_SETTABLE", "update_mask.nonsense UNKNOWN_VALUE"));
}

}  // namespace
}  // namespace wenming::rpc
