#include "org_svc/units/units_import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/org_svc/org_fixture.h"
#include "tests/support/test_call.h"

namespace wenming::org {
namespace {

constexpr char kHeader[] = "code,level,parent_code,name,division_code,opened_date\n";
constexpr uint64_t kCenter = 1000;

class UnitsImportTest : public ::testing::Test {
 protected:
  // "row column REASON; …", or "created/updated/unchanged" where nothing is wrong.
  std::string Plan(const std::string& rows, const std::vector<UnitRecord>& existing = {}) {
    auto file = ReadUnitsFile(kHeader + rows);
    if (!file.ok()) return std::string(file.status().message());
    plan_ = PlanUnits(file->rows, existing, kCenter, ids_, test::Morning(), file->findings);
    v1::ImportReport report;
    file->findings.Tell(errors::Language::kChinese, report);
    if (report.errors().empty()) {
      return absl::StrCat(plan_.created.size(), "/", plan_.updated.size(), "/", plan_.unchanged);
    }
    std::vector<std::string> told;
    for (const auto& error : report.errors()) {
      told.push_back(absl::StrCat(error.row(), " ", error.column(), " ", error.reason()));
    }
    return absl::StrJoin(told, "; ");
  }

  ids::Generator ids_{[] { return absl::Now(); }, 1};
  UnitsPlan plan_;
};

TEST_F(UnitsImportTest, TellsEveryFault) {
  const std::pair<std::string, std::string> cases[] = {
      {"C,CENTER,,中心,,\n", "1/0/0"},
      {"C,CENTER,C,中心,,\n", "1 parent_code PARENT_LEVEL"},
      {"C,CENTER,,,,\n", "1 name REQUIRED"},
      {",CENTER,,中心,,\n", "1 code REQUIRED"},
      {"C,COUNTY,,中心,,\n", "1 level UNKNOWN_VALUE"},
      {"C,UNSPECIFIED,,中心,,\n", "1 level UNKNOWN_VALUE"},
      {"C,,,中心,,\n", "1 level REQUIRED"},
      {"C,CENTER,,中心,12,\n", "1 division_code BAD_FORMAT"},
      {"C,CENTER,,中心,,29.5.2019\n", "1 opened_date BAD_FORMAT"},
      {"C,CENTER,,中心,,\nI,INSTITUTE,,所,,\n", "2 parent_code REQUIRED"},
      {"C,CENTER,,中心,,\nI,INSTITUTE,X,所,,\n", "2 parent_code UNKNOWN_REFERENCE"},
      {"C,CENTER,,中心,,\nS,STATION,C,站,,\n", "2 parent_code PARENT_LEVEL"},
      {"C,CENTER,,中心,,\nI,INSTITUTE,C,所,,\nI,INSTITUTE,C,所,,\n", "3 code DUPLICATE_CODE"},
      {"C,CENTER,,中心,,\nD,CENTER,,中心,,\n", "2 level SECOND_CENTER"},
      {"C,CENTER,,中心,,\nI,INSTITUTE,I,所,,\n", "2 parent_code PARENT_LEVEL"},
      {"C,CENTER,,中心,1,\nI,X,C,所,,\nS,STATION,I,,,\nP,POINT,X,点,,99\n",
       "1 division_code BAD_FORMAT; 2 level UNKNOWN_VALUE; 3 name REQUIRED; 4 opened_date BAD_FORMAT;"
       " 4 parent_code UNKNOWN_REFERENCE"},
  };
  for (const auto& [rows, told] : cases) EXPECT_EQ(Plan(rows), told) << rows;
}

TEST_F(UnitsImportTest, RowsMayComeInAnyOrder) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  std::vector<std::string> rows = {"C,CENTER,,中心,,\n"};
  for (int i = 0; i < 5; ++i) {
    rows.push_back(absl::StrCat("I", i, ",INSTITUTE,C,所,,\n"));
    for (int s = 0; s < 4; ++s) {
      rows.push_back(absl::StrCat("S", i, s, ",STATION,I", i, ",站,,\n"));
      rows.push_back(absl::StrCat("P", i, s, ",POINT,S", i, s, ",点,,\n"));
    }
  }
  std::shuffle(rows.begin(), rows.end(), random);
  EXPECT_EQ(Plan(absl::StrJoin(rows, "")), "46/0/0");
  EXPECT_EQ(plan_.created.front().id, kCenter);
  std::map<uint64_t, const UnitRecord*> seen;
  for (const UnitRecord& record : plan_.created) {
    if (record.parent_id != 0) {
      ASSERT_TRUE(seen.contains(record.parent_id)) << "a child before its parent";
      EXPECT_EQ(seen[record.parent_id]->unit.level() + 1, record.unit.level());
    }
    seen.emplace(record.id, &record);
  }
}

TEST_F(UnitsImportTest, ComparesWithWhatIsThere) {
  ASSERT_EQ(Plan("C,CENTER,,中心,,\nI,INSTITUTE,C,一所,,\nJ,INSTITUTE,C,二所,,\nS,STATION,I,站,,2020-01-01\n"),
            "4/0/0");
  std::vector<UnitRecord> there = plan_.created;
  there.back().unit.set_address("不在文件中");

  EXPECT_EQ(Plan("C,CENTER,,中心,,\nS,STATION,I,站,,2020-01-01\n", there), "0/0/2");
  EXPECT_EQ(Plan("S,STATION,J,站,,2020-01-01\n", there), "0/1/0");
  EXPECT_EQ(plan_.updated.front().version, 2);
  EXPECT_EQ(plan_.updated.front().unit.address(), "不在文件中");
  EXPECT_EQ(plan_.updated.front().parent_id, there[2].id);
  EXPECT_EQ(Plan("S,STATION,J,新名,,\nT,STATION,I,另一站,,\n", there), "1/1/0");
  EXPECT_FALSE(plan_.updated.front().unit.has_opened_date());
  EXPECT_EQ(Plan("S,POINT,J,站,,\n", there), "1 level IMMUTABLE");

  there.back().unit.set_state(v1::Unit::STATE_DELETED);
  EXPECT_EQ(Plan("S,STATION,J,站,,\n", there), "1 code CODE_OF_DELETED");
  EXPECT_EQ(Plan("P,POINT,S,点,,\n", there), "1 parent_code UNKNOWN_REFERENCE");
}

TEST_F(UnitsImportTest, ReadsTheRealFile) {
  const std::string csv = ReadRepositoryFile("data/hongtong/units.csv");
  EXPECT_EQ(Plan(csv.substr(csv.find('\n') + 1)), "354/0/0");
  const std::vector<UnitRecord> there = plan_.created;
  EXPECT_EQ(Plan(csv.substr(csv.find('\n') + 1), there), "0/0/354");
}

}  // namespace
}  // namespace wenming::org
