// The files are read back by what others read them with: libcsv, and unzip for the workbook.
#include <csv.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "activity_svc/rosters/roster_csv.h"
#include "activity_svc/rosters/roster_table.h"
#include "activity_svc/rosters/roster_workbook.h"

namespace wenming::activity {
namespace {

struct Read {
  std::vector<TableRow> rows = {{}};
};

std::vector<TableRow> ReadBack(const std::string& csv) {
  csv_parser parser;
  EXPECT_EQ(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL), 0);
  Read read;
  const auto field = [](void* text, size_t size, void* to) {
    static_cast<Read*>(to)->rows.back().emplace_back(text == nullptr ? ""
                                                                     : std::string(static_cast<char*>(text), size));
  };
  // Of CRLF both ends are told; the second ends nothing.
  const auto row = [](int, void* to) {
    auto& rows = static_cast<Read*>(to)->rows;
    if (!rows.back().empty()) rows.emplace_back();
  };
  EXPECT_EQ(csv_parse(&parser, csv.data(), csv.size(), field, row, &read), csv.size());
  EXPECT_EQ(csv_fini(&parser, field, row, &read), 0);
  csv_free(&parser);
  if (read.rows.back().empty()) read.rows.pop_back();
  return read.rows;
}

TEST(RosterCsv, IsReadBackAsItWas) {
  const std::vector<TableRow> table = {{"志愿者编号", "姓名"}, {"HT1", "王*明"}, {"a,b", "说\"好\""}, {"", "两\n行"}};
  const std::string csv = ToCsv(table);
  ASSERT_TRUE(csv.starts_with("\xEF\xBB\xBF"));
  EXPECT_EQ(ReadBack(csv.substr(3)), table);
}

TEST(RosterCsv, NothingIsTakenForAFormula) {
  for (const char* begin : {"=", "+", "-", "@", "\t", "\r"}) {
    const std::string cell = absl::StrCat(begin, "HYPERLINK(\"http://x\")");
    const auto rows = ReadBack(ToCsv({{cell, "x"}}).substr(3));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0], (TableRow{"'" + cell, "x"}));
  }
  EXPECT_EQ(ReadBack(ToCsv({{"a=1", "王-明"}}).substr(3))[0], (TableRow{"a=1", "王-明"})) << "inside it is harmless";
}

// A part of the workbook, as unzip finds it.
std::string Part(const std::string& workbook, const std::string& name) {
  const std::string path = ::testing::TempDir() + "roster.xlsx";
  std::ofstream(path, std::ios::binary) << workbook;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen(absl::StrCat("unzip -p '", path, "' '", name, "'").c_str(), "r"), pclose);
  std::string content;
  std::array<char, 4096> part{};
  for (size_t size; (size = fread(part.data(), 1, part.size(), pipe.get())) > 0;) content.append(part.data(), size);
  std::remove(path.c_str());
  return content;
}

TEST(RosterWorkbook, HoldsTheTextsAndNoFormula) {
  const std::vector<TableRow> table = {{"志愿者编号", "姓名"}, {"HT1", "王*明"}, {"=1+1", "<&>"}};
  const auto workbook = ToWorkbook("报名名单", table);
  ASSERT_TRUE(workbook.ok()) << workbook.status();
  const std::string strings = Part(*workbook, "xl/sharedStrings.xml");
  for (const char* text :
       {"<t>志愿者编号</t>", "<t>姓名</t>", "<t>HT1</t>", "<t>王*明</t>", "<t>=1+1</t>", "<t>&lt;&amp;&gt;</t>"}) {
    EXPECT_NE(strings.find(text), std::string::npos) << text;
  }
  const std::string sheet = Part(*workbook, "xl/worksheets/sheet1.xml");
  for (const char* cell : {"r=\"A1\"", "r=\"B3\""}) EXPECT_NE(sheet.find(cell), std::string::npos) << cell;
  EXPECT_EQ(sheet.find("r=\"A4\""), std::string::npos);
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
  EXPECT_NE(Part(*workbook, "xl/workbook.xml").find("报名名单"), std::string::npos);
}

TEST(RosterTable, EveryRowHasTheCellsOfTheHeading) {
  const absl::Time time = absl::FromUnixSeconds(1'777'593'600);  // 2026-05-01 08:00 in China
  RosterEntry came{.registration = {.state = v1::Registration::STATE_CONFIRMED,
                                    .create_time = time,
                                    .volunteer_number = "HT1",
                                    .masked_name = "王*明"},
                   .presence = Presence{.state = v1::Attendance::STATE_CHECKED_OUT,
                                        .check_in_time = time,
                                        .check_out_time = time + absl::Hours(2),
                                        .minutes = 120,
                                        .grade = v1::Attendance::GRADE_A}};
  RosterEntry waits{.registration = {.state = v1::Registration::STATE_WAITLISTED,
                                     .waitlist_position = 3,
                                     .create_time = time,
                                     .volunteer_number = "HT2",
                                     .masked_name = "李*"},
                    .presence = std::nullopt};
  const auto table = RosterTable({came, waits});
  ASSERT_EQ(table.size(), 3u);
  EXPECT_EQ(table[0].size(), 10u);
  EXPECT_EQ(table[1], (TableRow{"HT1", "王*明", "已确认", "", "2026-05-01 08:00", "已签退", "2026-05-01 08:00",
                                "2026-05-01 10:00", "120", "A"}));
  EXPECT_EQ(table[2], (TableRow{"HT2", "李*", "候补中", "3", "2026-05-01 08:00", "", "", "", "", ""}));
}

}  // namespace
}  // namespace wenming::activity
