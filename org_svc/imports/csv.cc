#include "org_svc/imports/csv.h"

#include <csv.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/errors/errors.h"
#include "google/protobuf/stubs/common.h"

namespace wenming::org {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status BadCsv(const std::string& zh, const std::string& en) {
  return errors::InvalidField("csv", type::REASON_BAD_CSV, {{"detail_zh", zh}, {"detail_en", en}});
}

// What libcsv calls back into.
struct Reader {
  std::vector<CsvRow> rows;
  CsvRow row;
  int last_end = 0;  // the character that ended the row before

  void Field(std::string_view text) {
    last_end = 0;
    const absl::string_view bare = absl::StripAsciiWhitespace(absl::string_view(text.data(), text.size()));
    row.cells.emplace_back(bare.data(), bare.size());
  }

  void EndRow(int end) {
    // Of CRLF the parser reports both; the second one ends nothing.
    const bool second_half = row.cells.empty() && end == CSV_LF && std::exchange(last_end, end) == CSV_CR;
    last_end = end;
    if (second_half) return;
    CsvRow done{.number = row.number, .cells = std::move(row.cells)};
    row = {.number = done.number + 1, .cells = {}};
    const bool blank = std::ranges::all_of(done.cells, [](const std::string& cell) { return cell.empty(); });
    if (!blank) rows.push_back(std::move(done));
  }
};

void OnField(void* text, size_t size, void* reader) {
  static_cast<Reader*>(reader)->Field({static_cast<const char*>(text), size});
}

void OnRow(int end, void* reader) { static_cast<Reader*>(reader)->EndRow(end); }

absl::Status BadQuoting(int row) {
  return BadCsv(absl::StrCat("第 ", row, " 行的引号不成对或位置不对"),
                absl::StrCat("row ", row, " has a quotation mark that is not closed or out of place"));
}

}  // namespace

absl::StatusOr<std::vector<CsvRow>> ReadCsv(std::string_view bytes) {
  if (bytes.size() > kMaxCsvBytes) return BadCsv("文件超过 2 MB", "it is larger than 2 MB");
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!google::protobuf::internal::IsStructurallyValidUTF8(bytes.data(), static_cast<int>(bytes.size()))) {
    return errors::InvalidField("csv", type::REASON_INVALID_UTF8);
  }
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) return errors::Internal();
  const std::unique_ptr<csv_parser, void (*)(csv_parser*)> guard(&parser, csv_free);
  Reader reader;
  if (csv_parse(&parser, bytes.data(), bytes.size(), OnField, OnRow, &reader) != bytes.size() ||
      csv_fini(&parser, OnField, OnRow, &reader) != 0) {
    return BadQuoting(reader.row.number);
  }
  if (reader.rows.empty()) return BadCsv("文件是空的", "it is empty");
  if (reader.rows.back().number > kMaxCsvRows) {
    return BadCsv(absl::StrCat("超过 ", kMaxCsvRows, " 行"), absl::StrCat("it has more than ", kMaxCsvRows, " rows"));
  }
  return std::move(reader.rows);
}

}  // namespace wenming::org
