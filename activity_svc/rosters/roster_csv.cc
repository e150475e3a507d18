#include "activity_svc/rosters/roster_csv.h"

#include <csv.h>

#include <string_view>

namespace wenming::activity {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kFormulaBegins = "=+-@\t\r";

void AppendCell(const std::string& cell, std::string& csv) {
  const bool formula = !cell.empty() && kFormulaBegins.find(cell.front()) != std::string_view::npos;
  const std::string text = formula ? "'" + cell : cell;
  const size_t begin = csv.size();
  // Two quotes around, and every character may be one to be doubled.
  csv.resize(begin + 2 * text.size() + 2);
  const size_t size = csv_write(csv.data() + begin, csv.size() - begin, text.data(), text.size());
  csv.resize(begin + size);
}

}  // namespace

std::string ToCsv(const std::vector<TableRow>& table) {
  std::string csv(kByteOrderMark);
  for (const TableRow& row : table) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) csv += ',';
      AppendCell(row[i], csv);
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace wenming::activity
