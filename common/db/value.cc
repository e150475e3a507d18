#include "common/db/value.h"

#include <cstdio>
#include <cstdlib>
#include <limits>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace wenming::db {
namespace {

// A column that is not what the program takes it for is a mistake that the first test meets; going on could write the
// wrong number into somebody's record.
[[noreturn]] void WrongColumn(size_t column, const char* what) {
  std::fprintf(stderr, "db::Row: column %zu %s\n", column, what);
  std::abort();
}

}  // namespace

// Years in four digits, for the database takes the year 50 for 2050.
Value::Value(absl::CivilDay day) : data_(absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day())) {}

const Value::Variant& Row::At(size_t column) const {
  if (column >= cells_.size()) WrongColumn(column, "does not exist");
  return cells_[column];
}

bool Row::Null(size_t column) const { return std::holds_alternative<std::monostate>(At(column)); }

int64_t Row::Int(size_t column) const {
  const Value::Variant& cell = At(column);
  if (const auto* number = std::get_if<int64_t>(&cell)) return *number;
  if (const auto* number = std::get_if<uint64_t>(&cell)) {
    if (*number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      WrongColumn(column, "does not fit a signed integer");
    }
    return static_cast<int64_t>(*number);
  }
  if (std::holds_alternative<std::monostate>(cell)) return 0;
  WrongColumn(column, "is no integer");
}

uint64_t Row::Id(size_t column) const {
  const Value::Variant& cell = At(column);
  if (const auto* number = std::get_if<uint64_t>(&cell)) return *number;
  const int64_t number = Int(column);
  if (number < 0) WrongColumn(column, "is negative");
  return static_cast<uint64_t>(number);
}

double Row::Double(size_t column) const {
  const Value::Variant& cell = At(column);
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* number = std::get_if<uint64_t>(&cell)) return static_cast<double>(*number);
  return static_cast<double>(Int(column));
}

const std::string& Row::Text(size_t column) const {
  static const std::string empty;
  const Value::Variant& cell = At(column);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (std::holds_alternative<std::monostate>(cell)) return empty;
  WrongColumn(column, "is no text");
}

std::string Row::TakeText(size_t column) {
  if (Text(column).empty()) return {};
  return std::move(std::get<std::string>(cells_[column]));
}

absl::Time Row::Time(size_t column) const { return absl::FromUnixMicros(Int(column)); }

std::optional<absl::Time> Row::OptionalTime(size_t column) const {
  return Null(column) ? std::nullopt : std::optional(Time(column));
}

absl::CivilDay Row::Day(size_t column) const {
  absl::CivilDay day;
  const std::string& text = Text(column);
  if (!absl::ParseCivilTime(text, &day)) WrongColumn(column, "is no date");
  return day;
}

std::optional<absl::CivilDay> Row::OptionalDay(size_t column) const {
  return Null(column) ? std::nullopt : std::optional(Day(column));
}

std::optional<uint64_t> Row::OptionalId(size_t column) const {
  return Null(column) ? std::nullopt : std::optional(Id(column));
}

std::optional<int64_t> Row::OptionalInt(size_t column) const {
  return Null(column) ? std::nullopt : std::optional(Int(column));
}

std::string Placeholders(size_t count) {
  std::string text;
  text.reserve(3 * count);
  for (size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

std::string PlaceholderRows(size_t rows, size_t count) {
  const std::string row = "(" + Placeholders(count) + ")";
  std::string text;
  text.reserve((row.size() + 2) * rows);
  for (size_t i = 0; i < rows; ++i) {
    if (i > 0) text += ", ";
    text += row;
  }
  return text;
}

}  // namespace wenming::db
