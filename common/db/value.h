// What goes into a statement and comes out of a row.
//
// Thread-safety: values; const access is safe.
#ifndef WENMING_COMMON_DB_VALUE_H_
#define WENMING_COMMON_DB_VALUE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace wenming::db {

// NULL, a signed or unsigned 64-bit integer, a double, or bytes (text and binary alike). Owns what it holds.
//
// Converts implicitly from what stores have in hand, so that `{center_id, unit.name(), now, std::nullopt}` is a list
// of parameters. An absl::Time becomes microseconds since 1970 UTC (our `…_time` columns are BIGINT), an
// absl::CivilDay `YYYY-MM-DD` (DATE), an enum its number, a bool 0 or 1, an empty optional NULL.
class Value {
 public:
  using Variant = std::variant<std::monostate, int64_t, uint64_t, double, std::string>;

  Value() = default;
  Value(std::monostate) {}
  Value(std::nullptr_t) {}
  Value(std::nullopt_t) {}
  template <std::signed_integral T>
  Value(T number) : data_(static_cast<int64_t>(number)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Value(T number) : data_(static_cast<uint64_t>(number)) {}
  template <std::same_as<bool> T>
  Value(T truth) : data_(static_cast<int64_t>(truth)) {}
  template <typename T>
  requires std::is_enum_v<T> Value(T number) : data_(static_cast<int64_t>(number)) {}
  Value(double number) : data_(number) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(absl::Time time) : data_(static_cast<int64_t>(absl::ToUnixMicros(time))) {}
  Value(absl::CivilDay day);
  template <typename T>
  Value(const std::optional<T>& value) : Value(value.has_value() ? Value(*value) : Value()) {}

  const Variant& data() const { return data_; }
  bool null() const { return std::holds_alternative<std::monostate>(data_); }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Variant data_;
};

// One row of an answer; columns count from 0 in the order of the SELECT.
//
// NULL reads as 0 or the empty text; ask Null() or use the Optional… forms where the difference matters. Integers
// convert into each other and into doubles. Reading a column that does not exist, a text as a number, or an integer
// that does not fit is a mistake in the program and ends it with a message.
class Row {
 public:
  explicit Row(std::vector<Value::Variant> cells) : cells_(std::move(cells)) {}

  size_t size() const { return cells_.size(); }
  bool Null(size_t column) const;
  int64_t Int(size_t column) const;
  uint64_t Id(size_t column) const;
  bool Bool(size_t column) const { return Int(column) != 0; }
  double Double(size_t column) const;
  // Text, binary, DECIMAL, DATE and every other type that is no integer or floating point number.
  const std::string& Text(size_t column) const;
  // The same text, moved out of the row.
  std::string TakeText(size_t column);
  // A BIGINT of microseconds since 1970 UTC.
  absl::Time Time(size_t column) const;
  std::optional<absl::Time> OptionalTime(size_t column) const;
  // A DATE.
  absl::CivilDay Day(size_t column) const;
  std::optional<absl::CivilDay> OptionalDay(size_t column) const;
  std::optional<uint64_t> OptionalId(size_t column) const;
  std::optional<int64_t> OptionalInt(size_t column) const;
  template <typename E>
  requires std::is_enum_v<E> E Enum(size_t column)
  const { return static_cast<E>(Int(column)); }

 private:
  const Value::Variant& At(size_t column) const;

  std::vector<Value::Variant> cells_;
};

using Rows = std::vector<Row>;

// "?, ?, ?" for `count` values, or "(?, ?), (?, ?)" for `rows` rows of `count` values each: what the IN lists and
// multi-row INSERTs of dynamic statements need.
std::string Placeholders(size_t count);
std::string PlaceholderRows(size_t rows, size_t count);

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_VALUE_H_
