// Reads an uploaded table: CSV as RFC 4180 has it, in UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wenming::org {

inline constexpr size_t kMaxCsvBytes = 2 << 20;
inline constexpr int kMaxCsvRows = 20000;

struct CsvRow {
  int number = 0;  // the header is 0; blank rows count
  std::vector<std::string> cells;
};

// The rows that are not blank, the header first; blanks around a cell are cut off. A byte order mark and CRLF are taken
// for what they are. INVALID_ARGUMENT on the field `csv`: REASON_INVALID_UTF8, or REASON_BAD_CSV for a file that is too
// large, has too many rows, or breaks the rules of quoting (naming the row).
absl::StatusOr<std::vector<CsvRow>> ReadCsv(std::string_view bytes);

}  // namespace wenming::org
