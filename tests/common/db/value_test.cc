#include "common/db/value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wenming::db {
namespace {

enum Proto : int { PROTO_ONE = 1 };
enum class Scoped : uint8_t { kTwo = 2 };

template <typename T>
T As(const Value& value) {
  return std::get<T>(value.data());
}

TEST(ValueTest, ConvertsFromWhatStoresHaveInHand) {
  EXPECT_EQ(As<int64_t>(7), 7);
  EXPECT_EQ(As<int64_t>(-7L), -7);
  EXPECT_EQ(As<uint64_t>(7u), 7u);
  EXPECT_EQ(As<uint64_t>(std::numeric_limits<uint64_t>::max()), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(As<int64_t>(true), 1);
  EXPECT_EQ(As<int64_t>(PROTO_ONE), 1);
  EXPECT_EQ(As<int64_t>(Scoped::kTwo), 2);
  EXPECT_EQ(As<double>(0.5), 0.5);
  EXPECT_EQ(As<std::string>("a"), "a");
  EXPECT_EQ(As<std::string>(std::string("b")), "b");
  EXPECT_EQ(As<std::string>(std::string_view("c\0d", 3)), std::string("c\0d", 3));
  EXPECT_EQ(As<int64_t>(absl::FromUnixMicros(1234567)), 1234567);
  EXPECT_EQ(As<std::string>(absl::CivilDay(2024, 2, 29)), "2024-02-29");
  EXPECT_EQ(As<std::string>(absl::CivilDay(50, 1, 1)), "0050-01-01");
}

TEST(ValueTest, NothingIsNull) {
  EXPECT_TRUE(Value().null());
  EXPECT_TRUE(Value(nullptr).null());
  EXPECT_TRUE(Value(std::nullopt).null());
  EXPECT_TRUE(Value(std::optional<int>()).null());
  EXPECT_EQ(As<int64_t>(std::optional<int>(3)), 3);
  EXPECT_FALSE(Value("").null());
}

Row MakeRow() {
  std::vector<Value::Variant> cells;
  for (const Value& value :
       {Value(-5), Value(5u), Value(1.5), Value("2024-02-29"), Value(), Value(std::numeric_limits<uint64_t>::max())}) {
    cells.push_back(value.data());
  }
  return Row(std::move(cells));
}

TEST(RowTest, ReadsColumns) {
  Row row = MakeRow();
  EXPECT_EQ(row.size(), 6u);
  EXPECT_EQ(row.Int(0), -5);
  EXPECT_EQ(row.Id(1), 5u);
  EXPECT_EQ(row.Int(1), 5);
  EXPECT_EQ(row.Double(2), 1.5);
  EXPECT_EQ(row.Double(0), -5.0);
  EXPECT_EQ(row.Day(3), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(row.Id(5), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(row.Time(0), absl::FromUnixMicros(-5));
  EXPECT_EQ(row.Enum<Scoped>(1), static_cast<Scoped>(5));
  EXPECT_EQ(row.TakeText(3), "2024-02-29");
}

TEST(RowTest, NullReadsAsNothing) {
  const Row row = MakeRow();
  EXPECT_TRUE(row.Null(4));
  EXPECT_FALSE(row.Null(0));
  EXPECT_EQ(row.Int(4), 0);
  EXPECT_EQ(row.Text(4), "");
  EXPECT_EQ(row.OptionalTime(4), std::nullopt);
  EXPECT_EQ(row.OptionalId(4), std::nullopt);
  EXPECT_EQ(row.OptionalInt(0), -5);
}

TEST(RowDeathTest, MistakesEndTheProgram) {
  const Row row = MakeRow();
  EXPECT_DEATH(row.Int(6), "column 6 does not exist");
  EXPECT_DEATH(row.Int(3), "column 3 is no integer");
  EXPECT_DEATH(row.Text(0), "column 0 is no text");
  EXPECT_DEATH(row.Id(0), "column 0 is negative");
  EXPECT_DEATH(row.Int(5), "column 5 does not fit");
}

TEST(PlaceholdersTest, WritesLists) {
  EXPECT_EQ(Placeholders(0), "");
  EXPECT_EQ(Placeholders(3), "?, ?, ?");
  EXPECT_EQ(PlaceholderRows(2, 2), "(?, ?), (?, ?)");
}

}  // namespace
}  // namespace wenming::db
