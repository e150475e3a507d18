#include "org_svc/imports/sheet.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/rpc/validate.h"

namespace wenming::org {
namespace {

// Years that the database's DATE can hold and a unit can have been opened in.
constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2999;

// Bytes of an unknown column's name that a finding repeats.
constexpr size_t kLongestName = 64;

bool IsContinuation(char c) { return (c & 0xC0) == 0x80; }

// As many whole characters of the UTF-8 text as fit.
std::string_view Beginning(std::string_view text, size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  while (most_bytes > 0 && IsContinuation(text[most_bytes])) --most_bytes;
  return text.substr(0, most_bytes);
}

void BadFormat(const Cell& cell, std::string zh, std::string en, Findings& findings) {
  findings.Add(cell.row, cell.column, type::REASON_BAD_FORMAT,
               {{"expected_zh", std::move(zh)}, {"expected_en", std::move(en)}});
}

void BadHeader(std::string_view column, std::string zh, std::string en, Findings& findings) {
  findings.Add(0, column, type::REASON_BAD_CSV, {{"detail_zh", std::move(zh)}, {"detail_en", std::move(en)}});
}

// For each column its place in the header; nothing when the header is not usable.
std::optional<std::vector<size_t>> Places(const CsvRow& header, std::span<const std::string_view> columns,
                                          Findings& findings) {
  bool usable = true;
  std::vector<size_t> places;
  for (const std::string_view column : columns) {
    const auto count = std::ranges::count(header.cells, column);
    if (count == 0) BadHeader(column, "缺少此列", "the column is missing", findings);
    if (count > 1) BadHeader(column, "此列重复", "the column stands twice", findings);
    usable = usable && count == 1;
    places.push_back(static_cast<size_t>(std::ranges::find(header.cells, column) - header.cells.begin()));
  }
  for (const std::string& name : header.cells) {
    if (std::ranges::find(columns, std::string_view(name)) != columns.end()) continue;
    BadHeader(Beginning(name, kLongestName), "没有这一列", "there is no such column", findings);
    usable = false;
  }
  if (!usable) return std::nullopt;
  return places;
}

bool Missing(const Cell& cell, bool required, Findings& findings) {
  if (required) findings.Add(cell.row, cell.column, type::REASON_REQUIRED);
  return !required;
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return !IsContinuation(c); }));
}

}  // namespace

absl::StatusOr<std::vector<CsvRow>> ReadSheet(std::string_view csv, std::span<const std::string_view> columns,
                                              Findings& findings) {
  absl::StatusOr<std::vector<CsvRow>> file = ReadCsv(csv);
  if (!file.ok()) return file.status();
  std::vector<CsvRow> rows;
  const auto places = Places(file->front(), columns, findings);
  if (!places) return rows;
  rows.reserve(file->size() - 1);
  for (CsvRow& read : std::span(*file).subspan(1)) {
    if (read.cells.size() != columns.size()) {
      findings.Add(read.number, "", type::REASON_BAD_CSV,
                   {{"detail_zh", absl::StrCat("有 ", read.cells.size(), " 列，应为 ", columns.size(), " 列")},
                    {"detail_en", absl::StrCat("it has ", read.cells.size(), " cells, not ", columns.size())}});
      continue;
    }
    CsvRow row{.number = read.number, .cells = {}};
    for (const size_t place : *places) row.cells.push_back(std::move(read.cells[place]));
    rows.push_back(std::move(row));
  }
  return rows;
}

bool CheckCode(const Cell& cell, bool required, Findings& findings) {
  if (cell.text.empty()) return Missing(cell, required, findings);
  if (rpc::HasFormat(type::FORMAT_CODE, cell.text)) return true;
  BadFormat(cell, "字母、数字、“-”或“_”，最多 32 个", "at most 32 letters, digits, '-' and '_'", findings);
  return false;
}

bool CheckName(const Cell& cell, bool required, int max_chars, Findings& findings) {
  if (cell.text.empty()) return Missing(cell, required, findings);
  if (std::ranges::any_of(cell.text, [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); })) {
    BadFormat(cell, "不含换行等控制字符", "text without line breaks or control characters", findings);
    return false;
  }
  if (CodePoints(cell.text) <= static_cast<size_t>(max_chars)) return true;
  findings.Add(cell.row, cell.column, type::REASON_TOO_LONG, {{"max", absl::StrCat(max_chars)}});
  return false;
}

bool CheckDivisionCode(const Cell& cell, Findings& findings) {
  if (cell.text.empty() || rpc::HasFormat(type::FORMAT_DIVISION_CODE, cell.text)) return true;
  BadFormat(cell, "12 位区划代码", "12 digits", findings);
  return false;
}

std::optional<absl::CivilDay> ReadDay(const Cell& cell, Findings& findings) {
  if (cell.text.empty()) return std::nullopt;
  absl::CivilDay day;
  if (cell.text.size() == 10 && absl::ParseCivilTime(cell.text, &day) && absl::FormatCivilTime(day) == cell.text &&
      day.year() >= kFirstYear && day.year() <= kLastYear) {
    return day;
  }
  BadFormat(cell, "日期，如 2019-05-29", "a date like 2019-05-29", findings);
  return std::nullopt;
}

}  // namespace wenming::org
