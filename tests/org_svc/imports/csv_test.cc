#include "org_svc/imports/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"

namespace wenming::org {
namespace {

using ::testing::HasSubstr;

// "0:a|b 2:c|d": the rows with their numbers.
std::string Told(const std::string& csv) {
  const auto rows = ReadCsv(csv);
  if (!rows.ok()) return std::string(rows.status().message());
  std::string told;
  for (const CsvRow& row : *rows) {
    absl::StrAppend(&told, told.empty() ? "" : " ", row.number, ":");
    for (size_t i = 0; i < row.cells.size(); ++i) absl::StrAppend(&told, i == 0 ? "" : "|", row.cells[i]);
  }
  return told;
}

struct Case {
  std::string csv;
  std::string told;
};

TEST(CsvTest, ReadsWhatRfc4180Allows) {
  const Case cases[] = {
      {"a,b\n1,2\n", "0:a|b 1:1|2"},
      {"a,b\n1,2", "0:a|b 1:1|2"},
      {"a,b\r\n1,2\r\n", "0:a|b 1:1|2"},
      {"\xEF\xBB\xBF"
       "a,b\r\n1,2\r\n",
       "0:a|b 1:1|2"},
      {"a,b\n,\n1,\n", "0:a|b 2:1|"},
      {"a,b\r\n\r\n1,2\r\n\r\n", "0:a|b 2:1|2"},
      {"a,b\n\"1,1\",\"say \"\"hi\"\"\"\n", "0:a|b 1:1,1|say \"hi\""},
      {"a\n\"two\nlines\"\nx\n", "0:a 1:two\nlines 2:x"},
      {"a , b\n 1 ,\" 2 \"\n", "0:a|b 1:1|2"},
      {"名称\n大槐树镇\n", "0:名称 1:大槐树镇"},
      {"a\n1,2,3\n", "0:a 1:1|2|3"},
  };
  for (const Case& c : cases) EXPECT_EQ(Told(c.csv), c.told) << testing::PrintToString(c.csv);
}

TEST(CsvTest, RefusesWhatIsNoTable) {
  std::string rows = "a\n";
  for (int i = 0; i <= kMaxCsvRows; ++i) rows += "1\n";
  const Case cases[] = {
      {"", "empty"},
      {"\n\r\n,,\n", "empty"},
      {"a,b\n1,x\"y\"\n", "row 1 has a quotation mark"},
      {"a,b\n1,2\n\"3,4\n", "row 2 has a quotation mark"},
      {"a\n\"1\"2\n", "row 1 has a quotation mark"},
      {std::string(kMaxCsvBytes + 1, 'a'), "larger than 2 MB"},
      {rows, "more than 20000 rows"},
      {"a\n\xB4\xF3\xBB\xB1\n", "UTF-8"},
  };
  for (const Case& c : cases) {
    const auto read = ReadCsv(c.csv);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument) << c.told;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(c.told));
  }
}

// Whatever the cells hold, a well-quoted file gives them back.
TEST(CsvTest, GivesBackQuotedCells) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const std::string alphabet = "a,\"\r\n;x";
  for (int round = 0; round < 300; ++round) {
    std::string csv = "h,h\r\n";
    std::vector<std::vector<std::string>> cells;
    for (int row = 0; row < 5; ++row) {
      cells.emplace_back();
      for (int column = 0; column < 2; ++column) {
        // Blanks around a cell are cut off, so each begins and ends with something else.
        std::string cell = "<";
        for (unsigned i = random() % 6; i > 0; --i) cell += alphabet[random() % alphabet.size()];
        cell += ">";
        std::string quoted;
        for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        absl::StrAppend(&csv, column == 0 ? "" : ",", "\"", quoted, "\"");
        cells.back().push_back(cell);
      }
      csv += random() % 2 == 0 ? "\n" : "\r\n";
    }
    const auto rows = ReadCsv(csv);
    ASSERT_TRUE(rows.ok()) << csv;
    ASSERT_EQ(rows->size(), cells.size() + 1) << csv;
    for (size_t row = 0; row < cells.size(); ++row) {
      EXPECT_EQ((*rows)[row + 1].cells, cells[row]) << csv;
      EXPECT_EQ((*rows)[row + 1].number, static_cast<int>(row) + 1) << csv;
    }
  }
}

}  // namespace
}  // namespace wenming::org
