#include "common/db/session.h"

#include <utility>

#include "common/db/connection.h"
#include "common/db/errors.h"

namespace wenming::db {

absl::Status Session::Remember(absl::Status status) {
  if (IsConflict(status) || IsConnectionLost(status)) broken_ = status;
  return status;
}

absl::StatusOr<Rows> Session::Query(std::string_view sql, std::span<const Value> params) {
  if (!broken_.ok()) return broken_;
  absl::StatusOr<Rows> rows = connection_.Query(sql, params);
  if (!rows.ok()) return Remember(rows.status());
  return rows;
}

absl::StatusOr<std::optional<Row>> Session::QueryOne(std::string_view sql, std::span<const Value> params) {
  if (!broken_.ok()) return broken_;
  absl::StatusOr<Rows> rows = connection_.Query(sql, params, 1);
  if (!rows.ok()) return Remember(rows.status());
  if (rows->empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows->front()));
}

absl::StatusOr<int64_t> Session::Execute(std::string_view sql, std::span<const Value> params) {
  if (!broken_.ok()) return broken_;
  absl::StatusOr<int64_t> matched = connection_.Execute(sql, params);
  if (!matched.ok()) return Remember(matched.status());
  if (*matched > 0) changed_ = true;
  return matched;
}

}  // namespace wenming::db
