#include "common/db/shapes.h"

#include <algorithm>
#include <bit>

namespace wenming::db {
namespace {

// Rows of one INSERT: whatever is to be inserted is the sum of few of these.
constexpr size_t kLengths[] = {256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1};

template <typename T>
void Append(std::vector<Value>& values, std::span<const T> list) {
  const size_t size = std::bit_ceil(list.size());
  values.reserve(values.size() + size);
  for (size_t i = 0; i < size; ++i) values.emplace_back(list[std::min(i, list.size() - 1)]);
}

std::string InsertText(std::string_view insert, std::string_view row, size_t rows) {
  std::string text(insert);
  text.reserve(insert.size() + rows * (row.size() + 2));
  for (size_t i = 0; i < rows; ++i) {
    if (i > 0) text += ", ";
    text += row;
  }
  return text;
}

}  // namespace

std::string InList(size_t count) { return "(" + Placeholders(std::bit_ceil(count)) + ")"; }

void AppendInList(std::vector<Value>& values, std::span<const uint64_t> ids) { Append(values, ids); }

void AppendInList(std::vector<Value>& values, std::span<const std::string> texts) { Append(values, texts); }

size_t SingleInsert(size_t rows) {
  return *std::find_if(std::begin(kLengths), std::end(kLengths), [rows](size_t n) { return n <= rows; });
}

absl::Status InsertRows(Transaction& transaction, std::string_view insert, std::string_view row, size_t columns,
                        std::span<const Value> values) {
  while (!values.empty()) {
    const size_t rows = SingleInsert(values.size() / columns);
    const auto inserted = transaction.Execute(InsertText(insert, row, rows), values.first(rows * columns));
    if (!inserted.ok()) return inserted.status();
    values = values.subspan(rows * columns);
  }
  return absl::OkStatus();
}

}  // namespace wenming::db
