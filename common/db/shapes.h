// Statements over sets of any size in few texts, since each text is prepared once on each connection.
#ifndef WENMING_COMMON_DB_SHAPES_H_
#define WENMING_COMMON_DB_SHAPES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/db/session.h"
#include "common/db/value.h"

namespace wenming::db {

// "(?, ?, …)" for an IN over `count` values, one or more: as long as the next power of two.
std::string InList(size_t count);
// The values for it; the last one again and again at its end, which changes no answer.
void AppendInList(std::vector<Value>& values, std::span<const uint64_t> ids);
void AppendInList(std::vector<Value>& values, std::span<const std::string> texts);

// The most rows, but no more than `rows` (one or more), that InsertRows writes by a single statement.
size_t SingleInsert(size_t rows);

// Inserts rows by `insert` ("INSERT INTO t (a, b, c) VALUES ") with `row` ("(?, ?, 1)") for each, whose values stand
// one row after another in `values`, `columns` to a row. In as few statements as a small number of lengths allows.
absl::Status InsertRows(Transaction& transaction, std::string_view insert, std::string_view row, size_t columns,
                        std::span<const Value> values);

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_SHAPES_H_
