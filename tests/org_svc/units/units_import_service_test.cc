#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

constexpr char kHeader[] = "code,level,parent_code,name,division_code,opened_date\n";

using ImportUnitsTest = OrgTest;

std::string Hongtong() { return ReadRepositoryFile("data/hongtong/units.csv"); }

TEST_F(ImportUnitsTest, ImportsTheCountyOnceAndChangesNothingTheSecondTime) {
  const absl::Time began = absl::Now();
  const auto first = ImportUnits(admin_, Hongtong());
  RecordProperty("import_ms", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - began)));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->created(), 354);
  EXPECT_EQ(Count("units WHERE level = 1"), 1);
  EXPECT_EQ(Count("units WHERE level = 2"), 28);
  EXPECT_EQ(Count("units WHERE level = 3"), 325);
  EXPECT_EQ(Unit("HT").opened_date().day(), 29);
  // In one statement: events move from the one table to the other all the time.
  const std::string told = "(SELECT event_key FROM events UNION ALL SELECT event_key FROM outbox) AS told";
  const int64_t events = Count(told);

  const auto second = ImportUnits(admin_, Hongtong());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->created(), 0);
  EXPECT_EQ(second->updated(), 0);
  EXPECT_EQ(second->unchanged(), 354);
  EXPECT_EQ(Count(told), events) << "what has not changed is not told";
  EXPECT_EQ(Count("units WHERE version > 1"), 0);
}

TEST_F(ImportUnitsTest, ADryRunWritesNothing) {
  const auto report = ImportUnits(admin_, Hongtong(), /*dry_run=*/true);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->dry_run());
  EXPECT_EQ(report->created(), 354);
  EXPECT_EQ(Count("units"), 0);
  EXPECT_EQ(Count("centers"), 0);
  EXPECT_EQ(here_.cache.size(), 0u);
}

TEST_F(ImportUnitsTest, BadRowsAreEachToldAndNothingIsWritten) {
  const std::string csv = absl::StrReplaceAll(
      Hongtong(), {{"HT-141024101,INSTITUTE", "HT-141024101,OFFICE"}, {",甘亭镇新时代文明实践所", ","}});
  const std::string more = csv + "HT-x,STATION,HT-nowhere,某站,12,\nHT,CENTER,,重复,,\n";
  const auto report = ImportUnits(admin_, more);
  ASSERT_TRUE(report.ok()) << report.status();
  std::string told;
  for (const auto& error : report->errors())
    absl::StrAppend(&told, error.row(), " ", error.column(), " ", error.reason(), "; ");
  EXPECT_EQ(told,
            "3 name REQUIRED; 3 level UNKNOWN_VALUE; 355 division_code BAD_FORMAT; 355 parent_code UNKNOWN_REFERENCE; "
            "356 code DUPLICATE_CODE; ");
  EXPECT_EQ(report->errors(3).message(), "所指对象不存在：HT-nowhere");
  EXPECT_EQ(report->created(), 0);
  EXPECT_EQ(Count("units"), 0);
  EXPECT_EQ(Count("centers"), 0);
}

TEST_F(ImportUnitsTest, TheMessagesAreInTheCallersLanguage) {
  v1::ImportUnitsRequest request;
  request.set_csv(absl::StrCat(kHeader, "C,CENTER,,,,\n"));
  rpc::Call call = By(admin_);
  call.language = errors::Language::kEnglish;
  const auto report = Do(units_, &UnitsService::ImportUnits, call, request);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->errors(0).message(), "is required");
}

TEST_F(ImportUnitsTest, AFileThatIsNoTableIsRefused) {
  EXPECT_EQ(ReasonName(ImportUnits(admin_, "\"").status()), "BAD_CSV");
  EXPECT_EQ(ReasonName(ImportUnits(admin_, "\xFF\xFE").status()), "INVALID_UTF8");
  EXPECT_EQ(ReasonName(ImportUnits(admin_, "").status()), "REQUIRED");
}

TEST_F(ImportUnitsTest, AFileWithoutCenterIsForTheCallersOwn) {
  const std::string station = absl::StrCat(kHeader, "X,STATION,HT-141024100,新站,,\n");
  const auto homeless = ImportUnits(admin_, station);
  ASSERT_TRUE(homeless.ok()) << homeless.status();
  ASSERT_EQ(homeless->errors_size(), 2);
  EXPECT_EQ(homeless->errors(0).reason(), "CENTER_MISSING");
  ImportHongtong();
  const uint64_t center_admin = AddStaff("center_admin", UnitId("HT"));
  const auto report = ImportUnits(center_admin, station);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->created(), 1);
  EXPECT_EQ(Unit("X").parent(), UnitName("HT-141024100"));
}

TEST_F(ImportUnitsTest, WhoMayImport) {
  ImportHongtong();
  const uint64_t center_admin = AddStaff("center_admin", UnitId("HT"));
  const uint64_t unit_admin = AddStaff("unit_admin", UnitId("HT-141024100"));
  EXPECT_EQ(ImportUnits(center_admin, Hongtong())->unchanged(), 354);
  EXPECT_EQ(ReasonName(ImportUnits(unit_admin, Hongtong()).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(ImportUnits(0, Hongtong()).status()), "TOKEN_MISSING");
  const std::string new_center = absl::StrCat(kHeader, "NEW,CENTER,,新中心,,\n");
  EXPECT_EQ(ReasonName(ImportUnits(center_admin, new_center).status()), "PERMISSION");
  EXPECT_EQ(ImportUnits(admin_, new_center)->created(), 1);
}

TEST_F(ImportUnitsTest, ChangesAndMovesWhatTheFileSays) {
  ImportHongtong();
  const auto report =
      ImportUnits(admin_, absl::StrCat(kHeader, "HT,CENTER,,洪洞县新时代文明实践中心,141024000000,2019-05-30\n",
                                       "NEW,STATION,HT-141024100,新站,,\n"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->created(), 1);
  EXPECT_EQ(report->updated(), 1);
  EXPECT_EQ(Unit("HT").opened_date().day(), 30);
  EXPECT_TRUE(here_.directory.Within(UnitId("NEW"), UnitId("HT-141024100")));
}

// Whoever is second finds what the first has written; there is one center, and each unit once.
TEST_F(ImportUnitsTest, ImportsAtOnceMeetAsOneAfterTheOther) {
  constexpr int kImports = 6;
  const std::string csv = Hongtong();
  std::vector<absl::StatusOr<v1::ImportReport>> reports(kImports);
  std::vector<std::thread> threads;
  for (auto& report : reports) threads.emplace_back([&] { report = ImportUnits(admin_, csv); });
  for (std::thread& thread : threads) thread.join();
  int created = 0, unchanged = 0;
  for (const auto& report : reports) {
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->errors_size(), 0) << report->DebugString();
    created += report->created();
    unchanged += report->unchanged();
  }
  EXPECT_EQ(created, 354);
  EXPECT_EQ(unchanged, (kImports - 1) * 354);
  EXPECT_EQ(Count("units"), 354);
  EXPECT_EQ(Count("centers"), 1);
  EXPECT_EQ(Count("units WHERE parent_id <> 0 AND parent_id NOT IN (SELECT id FROM units)"), 0);
}

}  // namespace
}  // namespace wenming::org
