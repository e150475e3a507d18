#include "org_svc/imports/sheet.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace wenming::org {
namespace {

constexpr std::string_view kColumns[] = {"code", "name"};

// "row column REASON; …"
std::string Told(const Findings& findings) {
  v1::ImportReport report;
  findings.Tell(errors::Language::kEnglish, report);
  std::string told;
  for (const auto& error : report.errors()) {
    absl::StrAppend(&told, told.empty() ? "" : "; ", error.row(), " ", error.column(), " ", error.reason());
    EXPECT_NE(error.message(), "");
  }
  return told;
}

TEST(SheetTest, BringsColumnsIntoOrder) {
  Findings findings;
  const auto rows = ReadSheet("name,code\n甲,A\n乙,B\n", kColumns, findings);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(Told(findings), "");
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[1].cells, (std::vector<std::string>{"B", "乙"}));
}

TEST(SheetTest, TellsWhatIsWrongWithTheHeader) {
  const std::pair<std::string, std::string> cases[] = {
      {"code\nA\n", "0 name BAD_CSV"},
      {"code,name,extra\nA,甲,1\n", "0 extra BAD_CSV"},
      {"code,name,code\nA,甲,A\n", "0 code BAD_CSV"},
      {"A,甲\n", "0 code BAD_CSV; 0 name BAD_CSV; 0 A BAD_CSV; 0 甲 BAD_CSV"},
  };
  for (const auto& [csv, told] : cases) {
    Findings findings;
    const auto rows = ReadSheet(csv, kColumns, findings);
    ASSERT_TRUE(rows.ok());
    EXPECT_TRUE(rows->empty());
    EXPECT_EQ(Told(findings), told);
  }
}

TEST(SheetTest, CutsALongHeaderBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 30; ++i) name += "槐";
  // Three bytes each, so that the cut would fall on each byte of a character once.
  for (const std::string prefix : {"", "a", "ab"}) {
    Findings findings;
    ASSERT_TRUE(ReadSheet(absl::StrCat("code,name,", prefix, name, "\n"), kColumns, findings).ok());
    v1::ImportReport report;
    findings.Tell(errors::Language::kChinese, report);
    ASSERT_EQ(report.errors_size(), 1);
    const size_t whole = (64 - prefix.size()) / 3 * 3;
    EXPECT_EQ(report.errors(0).column(), prefix + name.substr(0, whole));
  }
}

TEST(SheetTest, LeavesOutRowsOfAnotherLength) {
  Findings findings;
  const auto rows = ReadSheet("code,name\nA\nB,乙\nC,丙,3\n", kColumns, findings);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().number, 2);
  EXPECT_EQ(Told(findings), "1  BAD_CSV; 3  BAD_CSV");
}

TEST(SheetTest, ChecksCells) {
  struct Case {
    std::string text;
    std::string code, name, division, day;  // what each check finds in this text
  };
  const Case cases[] = {
      {"", "REQUIRED", "REQUIRED", "", ""},
      {"HT-1_a", "", "", "BAD_FORMAT", "BAD_FORMAT"},
      {"大槐树", "BAD_FORMAT", "", "BAD_FORMAT", "BAD_FORMAT"},
      {std::string(33, 'A'), "BAD_FORMAT", "TOO_LONG", "BAD_FORMAT", "BAD_FORMAT"},
      {"141024100000", "", "TOO_LONG", "", "BAD_FORMAT"},
      {"2019-05-29", "", "", "BAD_FORMAT", ""},
      {"2019-02-29", "", "", "BAD_FORMAT", "BAD_FORMAT"},
      {"2019-5-29", "", "", "BAD_FORMAT", "BAD_FORMAT"},
      {"0001-01-01", "", "", "BAD_FORMAT", "BAD_FORMAT"},
      {"a\nb", "BAD_FORMAT", "BAD_FORMAT", "BAD_FORMAT", "BAD_FORMAT"},
  };
  const auto found = [](auto check) {
    Findings findings;
    check(findings);
    v1::ImportReport report;
    findings.Tell(errors::Language::kChinese, report);
    return report.errors().empty() ? "" : report.errors(0).reason();
  };
  for (const Case& c : cases) {
    const Cell cell{1, "x", c.text};
    EXPECT_EQ(found([&](Findings& f) { CheckCode(cell, true, f); }), c.code) << c.text;
    EXPECT_EQ(found([&](Findings& f) { CheckName(cell, true, 10, f); }), c.name) << c.text;
    EXPECT_EQ(found([&](Findings& f) { CheckDivisionCode(cell, f); }), c.division) << c.text;
    EXPECT_EQ(found([&](Findings& f) { ReadDay(cell, f); }), c.day) << c.text;
  }
}

TEST(FindingsTest, TellsAThousandAtMostInOrderOfRow) {
  Findings findings;
  for (int row = 1500; row > 0; --row) findings.Add(row, "x", type::REASON_REQUIRED);
  v1::ImportReport report;
  findings.Tell(errors::Language::kChinese, report);
  ASSERT_EQ(report.errors_size(), 1000);
  EXPECT_EQ(report.errors(0).row(), 1);
  EXPECT_EQ(report.errors(999).row(), 1000);
  EXPECT_EQ(report.errors(0).message(), "必填");
}

}  // namespace
}  // namespace wenming::org
